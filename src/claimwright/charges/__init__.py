"""From the coded encounter to priced charge lines."""
