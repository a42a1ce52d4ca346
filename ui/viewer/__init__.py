"""The image viewer: it knows images and a caption handed to it, not patients."""
