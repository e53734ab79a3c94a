"""ImageJ: the program itself, and its steps without Java."""
