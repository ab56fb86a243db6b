print("msfhe")
