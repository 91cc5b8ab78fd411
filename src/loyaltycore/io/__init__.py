"""
Files in and out, as text.

Owns what a file has to look like and what is said about each of its rows; opens no file
and knows no store.
"""
