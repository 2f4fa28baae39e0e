"""Who asks, and what they may do: sessions, tokens, rights."""
