"""Records of what each output was made of, and their verification."""
