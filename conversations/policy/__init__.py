"""The policy: what the product knows of orders, cancelling and refunds, and what follows from it for one order."""
