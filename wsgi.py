from app.start import application

app = application()
