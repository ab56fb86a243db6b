import Foundation

/// Writes a run of centroided MS2 spectra as mzML 1.1 (HUPO-PSI), without an index: first ``opening``, then each
/// ``spectrum(_:index:)``, then ``closing``.
///
/// ``SpectrumFile`` reads the same spectra back, but for what mzML has no place for: adducts, formulas, structures.
public struct MzMLWriter: Sendable {
    /// What precedes the spectra.
    public let opening: String
    /// What follows the spectra.
    public static let closing = "  </spectrumList></run>\n</mzML>\n"

    /// A file of `spectrumCount` spectra of the run `runID`, measured with `instrument`, in free words.
    public init(runID: String, instrument: String, spectrumCount: Int) {
        let identifier = Self.escaped(runID)
        let vocabulary = "https://raw.githubusercontent.com/HUPO-PSI/psi-ms-CV/master/psi-ms.obo"
        opening = """
            <?xml version="1.0" encoding="utf-8"?>
            <mzML xmlns="http://psi.hupo.org/ms/mzml" version="1.1.0" id="\(identifier)">
              <cvList count="2">
                <cv id="MS" fullName="PSI-MS controlled vocabulary" URI="\(vocabulary)"/>
                <cv id="UO" fullName="Units of Measurement Ontology" URI="http://purl.obolibrary.org/obo/uo.obo"/>
              </cvList>
              <fileDescription><fileContent>
                \(Self.term("MS:1000580", "MSn spectrum"))
                \(Self.term("MS:1000127", "centroid spectrum"))
              </fileContent></fileDescription>
              <softwareList count="1"><software id="writer" version="1">
                \(Self.term("MS:1000799", "custom unreleased software tool", "MassSpecFHE"))
              </software></softwareList>
              <instrumentConfigurationList count="1"><instrumentConfiguration id="instrument">
                \(Self.term("MS:1000031", "instrument model", instrument))
              </instrumentConfiguration></instrumentConfigurationList>
              <dataProcessingList count="1"><dataProcessing id="writing">
                <processingMethod order="1" softwareRef="writer">
                  \(Self.term("MS:1000544", "Conversion to mzML"))
                </processingMethod>
              </dataProcessing></dataProcessingList>
              <run id="\(identifier)" defaultInstrumentConfigurationRef="instrument">
              <spectrumList count="\(spectrumCount)" defaultDataProcessingRef="writing">

            """
    }

    /// The element of `spectrum`, number `index` of the run from 0 on. Its native id is its accession, else
    /// `index=` and the number.
    public func spectrum(_ spectrum: Spectrum, index: Int) -> String {
        let identifier = Self.escaped(spectrum.accession ?? "index=\(index)")
        var lines = [
            "<spectrum index=\"\(index)\" id=\"\(identifier)\" defaultArrayLength=\"\(spectrum.peaks.count)\">",
            Self.term("MS:1000511", "ms level", "2"),
            Self.term("MS:1000580", "MSn spectrum"),
            Self.term("MS:1000127", "centroid spectrum"),
        ]
        if !spectrum.name.isEmpty { lines.append(Self.term("MS:1000796", "spectrum title", spectrum.name)) }
        switch spectrum.ionMode {
        case .positive: lines.append(Self.term("MS:1000130", "positive scan"))
        case .negative: lines.append(Self.term("MS:1000129", "negative scan"))
        case nil: break
        }
        lines += ["<scanList count=\"1\">", Self.term("MS:1000795", "no combination"), "<scan>"]
        if let time = spectrum.retentionTime {
            lines.append(Self.term("MS:1000016", "scan start time", "\(time)", unit: ("UO:0000010", "second")))
        }
        lines += ["</scan></scanList>"] + Self.precursor(spectrum)
        lines.append("<binaryDataArrayList count=\"2\">")
        lines += Self.array("MS:1000514", "m/z array", spectrum.peaks.map(\.mz), unit: ("MS:1000040", "m/z"))
        lines += Self.array(
            "MS:1000515", "intensity array", spectrum.peaks.map(\.intensity),
            unit: ("MS:1000131", "number of detector counts"))
        lines.append("</binaryDataArrayList></spectrum>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func precursor(_ spectrum: Spectrum) -> [String] {
        var lines = ["<precursorList count=\"1\"><precursor>"]
        let mz = (accession: "MS:1000040", name: "m/z")
        if let window = spectrum.isolationWindow {
            let target =
                spectrum.precursorMZ.map { min(max($0, window.lowerBound), window.upperBound) }
                ?? window.lowerBound
            lines += [
                "<isolationWindow>",
                term("MS:1000827", "isolation window target m/z", "\(target)", unit: mz),
                term("MS:1000828", "isolation window lower offset", "\(target - window.lowerBound)", unit: mz),
                term("MS:1000829", "isolation window upper offset", "\(window.upperBound - target)", unit: mz),
                "</isolationWindow>",
            ]
        }
        if let precursor = spectrum.precursorMZ {
            lines += [
                "<selectedIonList count=\"1\"><selectedIon>",
                term("MS:1000744", "selected ion m/z", "\(precursor)", unit: mz),
            ]
            if let charge = spectrum.precursorCharge {
                lines.append(term("MS:1000041", "charge state", "\(abs(charge))"))
            }
            lines.append("</selectedIon></selectedIonList>")
        }
        lines += ["<activation>"] + spectrum.dissociation.map { term($0.accession, $0.name) }
        if let energy = spectrum.collisionEnergy {
            let isInElectronvolts = energy.hasSuffix(" eV")
            lines.append(
                term(
                    "MS:1000045", "collision energy", isInElectronvolts ? String(energy.dropLast(3)) : energy,
                    unit: isInElectronvolts ? ("UO:0000266", "electronvolt") : nil))
        }
        return lines + ["</activation></precursor></precursorList>"]
    }

    private static func array(
        _ accession: String, _ name: String, _ values: [Double], unit: (accession: String, name: String)
    ) -> [String] {
        var bytes = Data(capacity: 8 * values.count)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        let text = bytes.base64EncodedString()
        return [
            "<binaryDataArray encodedLength=\"\(text.utf8.count)\">",
            term("MS:1000523", "64-bit float"), term("MS:1000576", "no compression"),
            term(accession, name, unit: unit), "<binary>\(text)</binary></binaryDataArray>",
        ]
    }

    private static func term(
        _ accession: String, _ name: String, _ value: String = "", unit: (accession: String, name: String)? = nil
    ) -> String {
        var attributes = "cvRef=\"MS\" accession=\"\(accession)\" name=\"\(escaped(name))\" value=\"\(escaped(value))\""
        if let unit {
            attributes +=
                " unitCvRef=\"\(unit.accession.prefix(2))\" unitAccession=\"\(unit.accession)\" unitName=\"\(unit.name)\""
        }
        return "<cvParam \(attributes)/>"
    }

    /// `text` as the value of an XML attribute; control characters, which XML does not have, become blanks.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.onOneLine {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
