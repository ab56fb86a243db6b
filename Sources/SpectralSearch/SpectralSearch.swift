// placeholder replaced in this same change
