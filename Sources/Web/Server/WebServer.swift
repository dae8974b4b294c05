// SPDX-License-Identifier: Apache-2.0

package import Clinic
import Content
package import Hummingbird
import Payments

/// The clinic on the web. The command and the tests build it by the same call.
package enum WebServer {
    /// - Throws: where a template or an asset of the program is missing.
    package static func router(for clinic: Clinic) throws -> Router<WebContext> {
        let telemetry = Telemetry()
        let site = Site(
            clinic: clinic, pages: try Pages(catalogues: clinic.library.catalogues.all),
            limits: RateLimits(clinic: clinic))
        let assets = try AssetFolder()
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.addMiddleware {
            TelemetryMiddleware(telemetry: telemetry)
            Compression()
            SecurityHeaders(paymentOrigin: clinic.provider.origin, secure: site.isSecure)
            LanguageMiddleware(catalogues: clinic.library.catalogues, secure: site.isSecure)
            FaultMiddleware(site: site)
            AllowedMethods()
            assets
            SameOrigin()
            WhoMiddleware(clinic: clinic)
        }
        HealthController(clinic: clinic, telemetry: telemetry).add(to: router)
        try BookingAPI(clinic: clinic, limits: site.limits).add(to: router)
        StripeWebhook(clinic: clinic).add(to: router)
        SiteController(site: site).add(to: router)
        OrderController(site: site).add(to: router)
        BookingController(site: site).add(to: router)
        SignInController(site: site).add(to: router)
        PortalController(site: site).add(to: router)
        StaffSignInController(site: site).add(to: router)
        ReportController(site: site).add(to: router)
        DeskController(site: site).add(to: router)
        OwnerController(site: site).add(to: router)
        OwnerServiceController(site: site).add(to: router)
        StaffController(site: site).add(to: router)
        WidgetController(site: site).add(to: router)
        DataController(site: site).add(to: router)
        OffersController(site: site).add(to: router)
        ContentController(site: site).add(to: router)
        CashController(site: site).add(to: router)
        OrderMoneyController(site: site).add(to: router)
        PricesController(site: site).add(to: router)
        PackagesController(site: site).add(to: router)
        DeskPackagesController(site: site).add(to: router)
        RequestController(site: site).add(to: router)
        WaitlistController(site: site).add(to: router)
        InboxController(site: site).add(to: router)
        CalendarController(site: site).add(to: router)
        LabController(site: site).add(to: router)
        GaitController(site: site).add(to: router)
        LoopController(site: site).add(to: router)
        ReconciliationController(site: site).add(to: router)
        DICOMwebController(site: site).add(to: router)
        EpisodeController(site: site).add(to: router)
        SafetyTaskController(site: site).add(to: router)
        AlarmController(site: site).add(to: router)
        ScoreController(site: site).add(to: router)
        CheckInController(site: site).add(to: router)
        CareFiguresController(site: site).add(to: router)
        NoteController(site: site).add(to: router)
        PortalCareController(site: site).add(to: router)
        SessionController(site: site).add(to: router)
        IntakeController(site: site).add(to: router)
        let channel = CallChannel(site: site)
        CallController(site: site, channel: channel).add(to: router)
        CallDeskController(site: site, channel: channel).add(to: router)
        CallToolsController(site: site).add(to: router)
        MailController(site: site).add(to: router)
        WebhooksController(site: site).add(to: router)
        ReminderController(site: site).add(to: router)
        if clinic.settings.isDemo { PracticeController(site: site).add(to: router) }
        return router
    }
}
