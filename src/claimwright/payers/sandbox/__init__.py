"""A payer in a box: it reads what a practice sends and answers as a payer would."""
