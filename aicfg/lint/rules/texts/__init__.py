"""Rules about texts in configs that are not what they seem."""
