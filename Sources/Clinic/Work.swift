// SPDX-License-Identifier: Apache-2.0

import Foundation
import GaitLab
import Logging
import Messages
package import Storage

// What the clinic does by itself.
extension Clinic {
    /// The handlers of every kind of job.
    package var jobHandlers: [String: JobRunner.Handler] {
        [
            Outbox.jobKind: { job in try await sendMail(job) },
            HoldJob.kind: { job in try await endHold(job) },
            OfferJob.kind: { job in try await endOffer(job) },
            WaitlistJob.kind: { job in try await offerToWaitlist(job) },
            AnalysisJob.kind: { job in try await AnalysisJob.perform(job, store: store, files: files, clock: clock) },
        ]
    }

    private func sendMail(_ job: Job) async throws {
        let id = try job.decode(Outbox.SendJob.self).mail
        guard let mail = try await store.read({ [outbox] in try outbox.find(id, in: $0) }), mail.state == .queued else {
            return
        }
        guard let mailTransport else { throw MailNotConfigured() }
        do {
            try await mailTransport.send(
                MailMessage(
                    sender: settings.mail?.sender ?? "clinic@localhost", senderName: details.name,
                    recipient: mail.recipient, subject: mail.subject, body: mail.body, calendar: mail.calendar,
                    identifier: mail.id.description, date: mail.queuedAt))
        } catch SMTPError.bounced {
            let now = clock.now()
            try await store.write { [outbox] in try outbox.mark(id, as: .bounced, at: now, in: $0) }
            return
        }
        let now = clock.now()
        try await store.write { [outbox] in try outbox.mark(id, as: .sent, at: now, in: $0) }
    }

    /// Asks the payment provider and tidies up, every few seconds, until cancelled.
    package func keepHouse(every pause: Duration = .seconds(10)) async {
        while !Task.isCancelled {
            do {
                if settings.stripe != nil || practice != nil { try await reconcile() }
                let now = clock.now()
                try await store.write { try IdempotentAnswers.forgetOld(at: now, in: $0) }
            } catch {
                logger.warning("Reconciliation failed and is tried again.", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }
}

struct MailNotConfigured: Error, CustomStringConvertible {
    let description = "no mail server is set: FASCIA_SMTP_HOST"
}
