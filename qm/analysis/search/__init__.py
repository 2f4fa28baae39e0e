"""Looking for words in conversations: reading what was typed, what the index holds, and finding it in the turns."""
