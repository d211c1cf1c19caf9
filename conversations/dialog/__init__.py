"""The dialog: what each event of a buyer leads to, and what is then seen."""
