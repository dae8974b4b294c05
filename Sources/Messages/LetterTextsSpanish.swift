// SPDX-License-Identifier: Apache-2.0

/// The house's words of every letter in Spanish.
enum LetterTextsSpanish {
    static func text(of kind: LetterKind) -> LetterText {
        switch kind {
        case .booked:
            LetterText(
                subject: "Su cita: {when}",
                body: paragraphs(
                    "Hola, {name}:", "su cita está confirmada.", "{when}", "Con {with}", "{place}",
                    "Adjuntamos un archivo de calendario. Para ver, cambiar o cancelar la cita, y para responder a unas preguntas antes de venir:",
                    "{link}", "{clinic}"))
        case .moved:
            LetterText(
                subject: "Su cita tiene una nueva hora: {when}",
                body: paragraphs(
                    "Hola, {name}:", "su cita ha cambiado. Ahora es:", "{when}", "Con {with}", "{place}",
                    "Antes era: {before}.",
                    "El archivo de calendario adjunto sustituye al anterior. Si la nueva hora no le conviene:",
                    "{link}",
                    "{clinic}"))
        case .cancelled:
            LetterText(
                subject: "Cancelada: su cita del {when}",
                body: paragraphs("Hola, {name}:", "su cita del {when} está cancelada, como nos pidió.", "{clinic}"))
        case .cancelledByClinic:
            LetterText(
                subject: "Cancelada: su cita del {when}",
                body: paragraphs(
                    "Hola, {name}:", "lo sentimos: su cita del {when} no puede tener lugar y queda cancelada.",
                    "Para elegir una nueva hora:", "{link}", "O llámenos: {phone}", "{clinic}"))
        case .reminderDay:
            LetterText(
                subject: "Recordatorio: su cita del {when}",
                body: paragraphs(
                    "Hola, {name}:", "le recordamos su cita:", "{when}", "Con {with}", "{place}",
                    "Si no puede venir, avísenos aquí, por favor, para que otra persona pueda usar la hora:", "{link}",
                    "{clinic}", "No más recordatorios: {stop}"))
        case .reminderHours:
            LetterText(
                subject: "Hoy: su cita, {when}",
                body: paragraphs(
                    "Hola, {name}:", "hasta pronto:", "{when}", "Con {with}", "{place}",
                    "Si algo ha cambiado, avísenos, por favor:", "{link}", "{clinic}", "No más recordatorios: {stop}")
            )
        case .followUp:
            LetterText(
                subject: "Después de su visita",
                body: paragraphs(
                    "Hola, {name}:",
                    "gracias por venir. Si algo no le ha quedado claro, o no ha sido como esperaba, díganoslo: llame "
                        + "al {phone} o responda a esta carta.",
                    "Sus próximas citas y todo lo que ha recibido de nosotros:", "{link}", "{clinic}",
                    "No más cartas de este tipo: {stop}"))
        case .receipt:
            LetterText(
                subject: "Recibo {receipt}",
                body: paragraphs(
                    "Hola, {name}:", "gracias. Hemos recibido {amount} por su pedido {reference}.",
                    "Su recibo y lo que sigue:", "{link}", "{clinic}"))
        case .reportReady:
            LetterText(
                subject: "Hay algo nuevo para usted",
                body: paragraphs(
                    "Hola, {name}:", "tiene algo nuevo que leer. Entre aquí, por favor:", "{link}", "{clinic}"))
        case .timeLost:
            LetterText(
                subject: "Elija otra hora, por favor",
                body: paragraphs(
                    "Hola, {name}:",
                    "su pago llegó, pero cuando ya no podíamos guardarle {when}, y ahora esa hora la tiene otra persona. "
                        + "Lo sentimos. Su dinero va de vuelta. Para elegir otra hora:",
                    "{link}", "{clinic}"))
        case .missed:
            LetterText(
                subject: "Le echamos de menos: {when}",
                body: paragraphs(
                    "Hola, {name}:",
                    "tenía una cita con nosotros el {when} y no le vimos. Si algo falló con el enlace o la conexión, "
                        + "llámenos, por favor: {phone}",
                    "Para elegir otra hora:", "{link}", "{clinic}"))
        case .requestReceived:
            LetterText(
                subject: "Tenemos su solicitud",
                body: paragraphs(
                    "Hola, {name}:",
                    "gracias por preguntarnos. Respondemos en un día laborable, normalmente antes.",
                    "Esta página muestra cómo va:", "{link}", "{clinic}"))
        case .offered:
            LetterText(
                subject: "Tenemos una respuesta para usted",
                body: paragraphs(
                    "Hola, {name}:", "esta es nuestra respuesta. Le guardamos lo que ofrecemos hasta el {until}.",
                    "Mírela y tome lo que le convenga, con un botón:", "{link}", "{clinic}"))
        case .waitlistJoined:
            LetterText(
                subject: "Está en nuestra lista de espera",
                body: paragraphs(
                    "Hola, {name}:", "le escribimos en cuanto quede libre una hora que le convenga.",
                    "Para ver la lista o salir de ella:", "{link}", "{clinic}"))
        case .waitlistOffered:
            LetterText(
                subject: "Ha quedado libre una hora",
                body: paragraphs(
                    "Hola, {name}:", "esta hora está libre y guardada solo para usted hasta el {until}:", "{when}",
                    "Para tomarla o dejarla:", "{link}", "{clinic}"))
        case .checkIn:
            LetterText(
                subject: "¿Cómo está esta semana?",
                body: paragraphs(
                    "Hola, {name}:",
                    "¿cómo está esta semana? Tres preguntas breves, diez segundos, sin contraseña. Sus respuestas "
                        + "llegan a la persona que le atiende, que ve por ellas si todo va como debería.",
                    "{link}", "El enlace sirve una sola vez, hasta {until}.",
                    "Si se siente mucho peor, no espere: llame al {phone}.", "{clinic}",
                    "No más cartas de este tipo: {stop}"))
        case .deskNews:
            LetterText(
                subject: "Algo le espera en la recepción",
                body: paragraphs(
                    "Hola, {name}:", "hay algo nuevo que necesita su respuesta. Entre y mírelo, por favor:", "{link}",
                    "{clinic}"))
        case .signIn:
            LetterText(
                subject: "Su enlace para entrar",
                body: paragraphs(
                    "Hola, {name}:", "abra este enlace para entrar:", "{link}",
                    "O escriba este código donde lo pidió: {code}",
                    "Ambos valen una vez, durante 15 minutos. Si no los pidió, no tiene que hacer nada.", "{clinic}"))
        }
    }

    private static func paragraphs(_ texts: String...) -> String { texts.joined(separator: "\n\n") + "\n" }
}
