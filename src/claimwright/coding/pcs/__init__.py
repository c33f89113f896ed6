"""ICD-10-PCS from a procedure note: each code built axis by axis, with the words and the guideline behind each."""
