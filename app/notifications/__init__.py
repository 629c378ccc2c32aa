"""Letters by mail: what each says, which there are, and how one is delivered. When one is due, its feature knows."""
