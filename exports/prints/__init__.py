"""What is printed on paper for a campaign: the poster, and the form to fill in by hand."""
