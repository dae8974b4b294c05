// SPDX-License-Identifier: Apache-2.0

import Foundation
import GaitLab
import Imaging
import Logging
import Messages
import Payments
package import Storage

// What the clinic does by itself.
extension Clinic {
    /// The kinds that compute for seconds or minutes; one is done at a time, on a lane of their own.
    package static let longJobs: Set = [
        LoopReadingJob.kind, LoopMeasureJob.kind, LoopMotionJob.kind, DemoLoopsJob.kind, AnalysisJob.kind,
        VisitJob.kind,
    ]

    /// The handlers of every kind of job.
    package var jobHandlers: [String: JobRunner.Handler] {
        [
            Outbox.jobKind: { job in try await sendMail(job) },
            HoldJob.kind: { job in try await endHold(job) },
            OfferJob.kind: { job in try await endOffer(job) },
            WaitlistJob.kind: { job in try await offerToWaitlist(job) },
            Clinic.reminderJobKind: { job in try await remind(job) },
            Clinic.followUpJobKind: { job in try await followUp(job) },
            Clinic.videoEndJobKind: { job in try await lookAtVideoEnd(job) },
            Refunds.SendJob.kind: { job in try await sendRefund(job) },
            Packages.ExpireJob.kind: { job in try await expirePackage(job) },
            Webhooks.jobKind: { job in try await deliverWebhook(job) },
            LoopReadingJob.kind: { job in
                try await LoopReadingJob.perform(job, store: store, files: files, clock: clock)
            },
            LoopMeasureJob.kind: { job in
                try await LoopMeasureJob.perform(job, store: store, files: files, clock: clock)
            },
            LoopMotionJob.kind: { job in
                try await LoopMotionJob.perform(job, store: store, files: files, clock: clock)
            },
            FindingsReportJob.kind: { job in
                try await keepReport(of: try job.decode(FindingsReportJob.self).findings)
            },
            CommitmentReportJob.kind: { job in try await giveReport(job) },
            DemoLoopsJob.kind: { job in try await job.decode(DemoLoopsJob.self).perform(self) },
            AnalysisJob.kind: { job in try await AnalysisJob.perform(job, store: store, files: files, clock: clock) },
            VisitJob.kind: { job in try await VisitJob.perform(job, store: store, files: files, clock: clock) },
        ]
    }

    /// Asks the payment provider and tidies up, every few seconds, until cancelled.
    package func keepHouse(every pause: Duration = .seconds(10)) async {
        while !Task.isCancelled {
            do {
                if settings.stripe != nil || practice != nil { try await reconcile() }
                let now = clock.now()
                try await store.write { try IdempotentAnswers.forgetOld(at: now, in: $0) }
                try await careDay()
            } catch {
                logger.warning("Reconciliation failed and is tried again.", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }
}
