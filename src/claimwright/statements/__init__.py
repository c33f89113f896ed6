"""What the patient owes and how we tell them."""
