package demo

// wording is what a category and its hint are called in another language.
type wording struct{ name, hint string }

// spanish makes the translations of one text, of which there is one.
func spanish(words string) map[string]string {
	if words == "" {
		return nil
	}
	return map[string]string{"es": words}
}

// inSpanish has the categories in Spanish, by code.
func inSpanish() map[string]wording {
	return map[string]wording{
		"building":   {"Salas y edificios", ""},
		"heating":    {"Calefacción y refrigeración", "Díganos la sala, y si es un radiador o todos."},
		"plumbing":   {"Agua, desagües y baños", "Si sale agua, deje fuera de uso lo que pueda y dígalo."},
		"electrical": {"Electricidad y luces", "No toque nada que huela a quemado o esté caliente."},
		"doors":      {"Puertas, llaves y tarjetas de acceso", "El número está en el reverso de su tarjeta."},
		"lifts":      {"Ascensores", "Si alguien quedó atrapado, use el botón del ascensor: llama a la guardia."},
		"furniture":  {"Mobiliario e instalaciones", "Mesas, sillas, pizarras, persianas."},

		"outside":  {"En el campus", ""},
		"cleaning": {"Limpieza y residuos", "¿Dónde exactamente, y desde cuándo?"},
		"grounds":  {"Caminos, estacionamiento y jardines", "Describa el lugar por lo que hay cerca."},
		"pests":    {"Insectos, ratones y otros visitantes", "¿Qué vio, y dónde?"},

		"halls":     {"Residencias", ""},
		"residence": {"Mi habitación o apartamento", "¿Podemos entrar cuando no haya nadie?"},

		"networks": {"Internet y red", ""},
		"wifi":     {"Wi-Fi", "¿Qué dispositivo, qué red, y cuándo pasó por última vez?"},
		"wired":    {"Tomas de red y servidores", "Lo que más ayuda es el número de la toma."},

		"digital":  {"Cuentas y programas", ""},
		"accounts": {"Cuentas y contraseñas", "Nunca nos envíe su contraseña."},
		"email":    {"Correo electrónico", "Para un mensaje perdido: de quién, a quién, cuándo."},
		"lms":      {"Plataforma de aprendizaje", "¿Qué curso, y qué decía la página?"},
		"software": {"Programas y licencias", "¿Qué programa, qué versión, en qué computadora?"},

		"devices":   {"Dispositivos", ""},
		"printing":  {"Impresión y escaneo", "El número de la impresora está en su etiqueta."},
		"av":        {"Proyectores, sonido y video", "¿Cuándo se usará de nuevo la sala?"},
		"computers": {"Computadoras y portátiles", "El número está en su etiqueta."},

		"student-life": {"Vida estudiantil", ""},
		"dining":       {"Comedores y cafeterías", "¿Qué mostrador, qué día, hacia qué hora?"},
		"library":      {"Biblioteca", "Para un libro, su número o título."},
		"sports":       {"Deportes", "¿Qué curso o qué máquina?"},
		"transport":    {"Transporte y permisos", "Línea, parada y hora."},

		"administration":    {"Estudios y administración", ""},
		"enrolment":         {"Matrícula, pagos y horarios", "Su número de estudiante; si tiene cuenta, lo conocemos."},
		"service-complaint": {"Queja o felicitación", "¿Qué pasó, y qué debería ser distinto?"},

		"unsure":     {"Otra cosa", ""},
		"conduct":    {"Acoso, discriminación, faltas de conducta", ""},
		"harassment": {"Acoso o discriminación", "Solo lo lee la oficina de conducta. Puede permanecer en el anonimato."},
		"misconduct": {"Faltas académicas", "Solo lo lee la oficina de conducta. Puede permanecer en el anonimato."},
	}
}
