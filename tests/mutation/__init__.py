"""Small mistakes made on purpose: whether the tests would notice them."""
