"""Classification of one person: which myositis, by which published criteria, and what is still unknown."""
