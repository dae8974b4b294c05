// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Web

extension Sample: CustomTestStringConvertible {
    var testDescription: String { name }
}

@Suite struct TemplateTests {
    @Test("every tag of a template is answered by its page value", arguments: Samples.all)
    func tagsAreKnown(_ sample: Sample) throws {
        let page = sample.page
        let template = type(of: page).template
        #expect(try unknownTags(in: template, page: page) == [])
    }

    @Test("every page renders", arguments: Samples.all)
    func renders(_ sample: Sample) throws {
        let page = sample.page
        let text = try Pages().text(page, template: type(of: page).template)
        #expect(text.contains("<title>\(escaped(page.frame.title)) · "))
        #expect(text.matches(of: #/<h1[ >]/#).count == 1)
        #expect(text.matches(of: #/<main[ >]/#).count == 1)
        #expect(!text.contains("{{"))
        #expect(!text.contains("Optional("))
        #expect(text.hasSuffix("</html>\n"))
        if let folder = ProcessInfo.processInfo.environment["FASCIA_PAGES_FOLDER"] {
            let file = sample.name.replacing(#/[^a-z0-9]+/#, with: "-")
            try text.write(toFile: "\(folder)/\(file).html", atomically: true, encoding: .utf8)
        }
    }

    @Test("no page needs what the content policy forbids: inline style or script, another host", arguments: Samples.all)
    func keepsToThePolicy(_ sample: Sample) throws {
        let page = sample.page
        let text = try Pages().text(page, template: type(of: page).template)
        #expect(text.firstMatch(of: #/\sstyle=|<style|\son[a-z]+=|javascript:/#) == nil)
        // What search engines read is data, which no browser runs.
        for script in text.matches(of: #/<script([^>]*)>/#)
        where script.output.1 != " type=\"application/ld+json\"" {
            #expect(script.output.1.contains(#/src="/assets/[a-z0-9-]+\.js"/#))
        }
        for link in text.replacing(#/<link rel="canonical"[^>]*>/#, with: "")
            .matches(of: #/(?:src|href|action)="([a-z]+:[^"]*)"/#)
        where !page.frame.title.contains("sign-in link") {
            #expect(["mailto", "tel", "otpauth"].contains(link.output.1.prefix { $0 != ":" }))
        }
    }

    @Test("every label has its input, every described input its words, every id is alone", arguments: Samples.all)
    func identifiersFit(_ sample: Sample) throws {
        let page = sample.page
        let text = try Pages().text(page, template: type(of: page).template)
        let identifiers = text.matches(of: #/\sid="([^"]*)"/#).map { String($0.output.1) }
        #expect(Set(identifiers).count == identifiers.count)
        for reference in text.matches(of: #/\s(?:for|aria-labelledby|aria-describedby)="([^"]*)"/#) {
            for identifier in reference.output.1.split(separator: " ") {
                #expect(identifiers.contains(String(identifier)), "nothing has the id \(identifier)")
            }
        }
        for anchor in text.matches(of: #/href="#([^"]+)"/#) {
            #expect(identifiers.contains(String(anchor.output.1)), "nothing has the id \(anchor.output.1)")
        }
    }

    @Test("every template is some page's, or a part of one")
    func nothingIsLeftOver() throws {
        var used = Set(Samples.all.map { type(of: $0.page).template })
        func follow(_ tags: [TemplateTag]) throws {
            for tag in tags {
                switch tag {
                case .value: break
                case .section(_, _, let inner): try follow(inner)
                case .partial(let name):
                    if used.insert(name).inserted { try follow(Self.tags(of: name)) }
                }
            }
        }
        for template in used { try follow(Self.tags(of: template)) }
        let present = try FileManager.default.contentsOfDirectory(atPath: Self.folder().path)
            .filter { $0.hasSuffix(".mustache") }.map { String($0.dropLast(9)) }
        #expect(Set(present) == used)
    }

    @Test(
        "a tag that no property answers is found",
        arguments: ["{{adress}}", "{{#service.colour}}{{/service.colour}}", "{{#days}}{{x}}{{/days}}"])
    func aMisspeltTagIsFound(_ template: String) throws {
        let page = Samples.orderPage(faulty: true)
        var unknown: [String] = []
        check(try TemplateTag.parse(template), stack: [page], unknown: &unknown, parts: [])
        #expect(unknown.count == 1)
    }

    @Test("what people type is escaped")
    func typedTextIsEscaped() throws {
        var page = Samples.orderPage(faulty: true)
        page.question.value = "</textarea><script>alert(1)</script>"
        page.name.value = "\"><img src=x>"
        let text = try Pages().text(page, template: OrderPage.template)
        #expect(!text.contains("<script>alert"))
        #expect(!text.contains("<img"))
    }

    @Test("Payment Success is said only of a paid order", arguments: OrderStatusPage.State.allCases)
    func successIsPaid(_ state: OrderStatusPage.State) throws {
        let text = try Pages().text(Samples.statusPage(state), template: OrderStatusPage.template)
        #expect(text.contains("<h1>Payment Success</h1>") == (state == .paid))
        #expect(text.contains("http-equiv=\"refresh\"") == (state == .processing))
        #expect(text.contains("Choose a time</a>") == (state == .paid))
    }

    // MARK: The check

    /// Values are followed by reflection, as the renderer does, but a name that is nowhere is reported instead of
    /// printing nothing.
    private func unknownTags(in template: String, page: any PageValue) throws -> [String] {
        var unknown: [String] = []
        check(try Self.tags(of: template), stack: [page], unknown: &unknown, parts: [template])
        return unknown
    }

    private func check(_ tags: [TemplateTag], stack: [Any], unknown: inout [String], parts: [String]) {
        for tag in tags {
            switch tag {
            case .value(let name, _):
                if case .missing = find(name, in: stack) {
                    unknown.append("\(parts.joined(separator: " › ")): {{\(name)}}")
                }
            case .section(let name, let isInverted, let inner):
                switch find(name, in: stack) {
                case .missing: unknown.append("\(parts.joined(separator: " › ")): {{#\(name)}}")
                case .absent: if isInverted { check(inner, stack: stack, unknown: &unknown, parts: parts) }
                case .present(let value):
                    // A Boolean and a text are no place to look names up in; a list is looked into once per element.
                    let elements = value is String || value is Bool ? [] : (value as? [Any]).map { $0 } ?? [value]
                    if value is String || value is Bool || isInverted {
                        check(inner, stack: stack + (value is String ? [value] : []), unknown: &unknown, parts: parts)
                    }
                    if !isInverted {
                        for element in elements {
                            check(inner, stack: stack + [element], unknown: &unknown, parts: parts)
                        }
                    }
                }
            case .partial(let name):
                do { check(try Self.tags(of: name), stack: stack, unknown: &unknown, parts: parts + [name]) } catch {
                    unknown.append("{{> \(name)}}: \(error)")
                }
            }
        }
    }

    private enum Found {
        case present(Any), absent, missing
    }

    private func find(_ name: String, in stack: [Any]) -> Found {
        if name == "." { return stack.last.map(Found.present) ?? .missing }
        let names = name.split(separator: ".").map(String.init)
        var isKnown = false
        for object in stack.reversed() {
            switch child(names[0], of: object) {
            case .missing: continue
            case .absent: isKnown = true
            case .present(var value):
                for next in names.dropFirst() {
                    switch child(next, of: value) {
                    case .present(let inner): value = inner
                    case let other: return other
                    }
                }
                return .present(value)
            }
        }
        return isKnown ? .absent : .missing
    }

    private func child(_ name: String, of object: Any) -> Found {
        guard let found = Mirror(reflecting: object).children.first(where: { $0.label == name }) else {
            return .missing
        }
        let mirror = Mirror(reflecting: found.value)
        guard mirror.displayStyle == .optional else { return .present(found.value) }
        return mirror.children.first.map { .present($0.value) } ?? .absent
    }

    private static func tags(of template: String) throws -> [TemplateTag] {
        try TemplateTag.parse(
            String(contentsOf: folder().appendingPathComponent("\(template).mustache"), encoding: .utf8))
    }

    private static func folder() throws -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Web/Templates")
    }

    private func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "'", with: "&#39;")
    }
}
