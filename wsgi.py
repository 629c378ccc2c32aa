from app import started

app = started()
