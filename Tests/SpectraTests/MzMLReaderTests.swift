import Foundation
import Spectra
import Testing

/// A small mzML document, every part of which a test may replace.
struct MzMLDocument {
    var declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    var groups = ""
    var level = "<cvParam cvRef=\"MS\" accession=\"MS:1000511\" name=\"ms level\" value=\"2\"/>"
    var terms = "<cvParam cvRef=\"MS\" accession=\"MS:1000129\" name=\"negative scan\" value=\"\"/>"
    var startTime =
        "<cvParam accession='MS:1000016' name='scan start time' value='1.5' unitAccession='UO:0000031'/>"
    var selectedIon = """
        <cvParam accession="MS:1000744" name="selected ion m/z" value="207.5"/>
        <cvParam accession="MS:1000041" name="charge state" value="2"/>
        """
    var precursor = ""
    var fileDescription = ""
    var runAttributes = "id=\"r\""
    var arrayLength = "3"
    var mz = Self.array("MS:1000514", doubles: [300, 100.5, 200])
    var intensity = Self.array("MS:1000515", floats: [3, 1.5, 0])
    var chromatogram = ""

    static let expected = Spectrum(
        accession: "scan=7", scanNumber: 7, precursorMZ: 207.5, precursorCharge: -2, ionMode: .negative,
        retentionTime: 90,
        peaks: [Peak(mz: 100.5, intensity: 1.5), Peak(mz: 300, intensity: 3)])

    var text: String {
        """
        \(declaration)
        <mzML xmlns="http://psi.hupo.org/ms/mzml" version="1.1.0">
          \(fileDescription)\(groups)
          <run \(runAttributes)><spectrumList count="1">
            <spectrum index="0" id="scan=7" defaultArrayLength="\(arrayLength)">
              \(level)\(terms)
              <scanList count="1"><scan>\(startTime)</scan></scanList>
              <precursorList count="1"><precursor>\(precursor)<selectedIonList count="1"><selectedIon>
                \(selectedIon)
              </selectedIon></selectedIonList></precursor></precursorList>
              <binaryDataArrayList count="2">\(mz)\(intensity)</binaryDataArrayList>
            </spectrum>
          </spectrumList>\(chromatogram)</run>
        </mzML>
        """
    }

    static func array(
        _ kind: String, bytes: [UInt8], width: String, compression: String = "MS:1000576",
        encodedLength: Int? = nil
    ) -> String {
        let text = Data(bytes).base64EncodedString()
        return """
            <binaryDataArray encodedLength="\(encodedLength ?? text.count)">
              <cvParam accession="\(width)" name="width" value=""/>
              <cvParam accession="\(compression)" name="compression" value=""/>
              <cvParam accession="\(kind)" name="kind" value=""/>
              <binary>\(text)</binary>
            </binaryDataArray>
            """
    }

    static func bytes(_ values: [Double]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }

    static func array(_ kind: String, doubles: [Double], zlib: Bool = false) -> String {
        let bytes = Self.bytes(doubles)
        return array(
            kind, bytes: zlib ? zlibCompressed(bytes) : bytes, width: "MS:1000523",
            compression: zlib ? "MS:1000574" : "MS:1000576")
    }

    static func array(_ kind: String, floats: [Float], zlib: Bool = false) -> String {
        let bytes = floats.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
        return array(
            kind, bytes: zlib ? zlibCompressed(bytes) : bytes, width: "MS:1000521",
            compression: zlib ? "MS:1000574" : "MS:1000576")
    }

    /// What the readers say of the document after `change`.
    static func refusal(_ change: (inout MzMLDocument) -> Void) throws -> String {
        var document = MzMLDocument()
        change(&document)
        return try SpectraTests.refusal(document.text)
    }
}

@Suite("mzML")
struct MzMLReaderTests {
    @Test("The document is its spectrum, plain and gzip-compressed, by whatever name")
    func document() throws {
        for gzip in [false, true] {
            for name in ["file", "file.msp", "file.mzML"] {
                let read = try withFile(MzMLDocument().text.utf8, name: name, gzip: gzip) {
                    try SpectrumFile.spectra(path: $0)
                }
                #expect(read == [MzMLDocument.expected])
            }
        }
    }

    @Test("32-bit, 64-bit and zlib-compressed arrays hold the same numbers")
    func arrays() throws {
        for zlib in [false, true] {
            for mz in [
                MzMLDocument.array("MS:1000514", doubles: [300, 100.5, 200], zlib: zlib),
                MzMLDocument.array("MS:1000514", floats: [300, 100.5, 200], zlib: zlib),
            ] {
                var document = MzMLDocument()
                document.mz = mz
                #expect(try spectra(document.text) == [MzMLDocument.expected])
                // Line breaks in the base64 are no part of it.
                document.mz = mz.replacing("<binary>", with: "<binary>\n  ").replacing(
                    "</binary>", with: "\n </binary>")
                #expect(try spectra(document.text) == [MzMLDocument.expected])
            }
        }
    }

    @Test("Terms may come by reference to a group")
    func groups() throws {
        var document = MzMLDocument()
        document.groups = """
            <referenceableParamGroupList count="1"><referenceableParamGroup id="g">
            \(document.level)\(document.terms)
            </referenceableParamGroup></referenceableParamGroupList>
            """
        document.level = "<referenceableParamGroupRef ref=\"g\"/>"
        document.terms = ""
        #expect(try spectra(document.text) == [MzMLDocument.expected])
        document.level = "<referenceableParamGroupRef ref=\"unknown\"/>"
        #expect(try refusal(document.text) == "the file holds no MS2 spectrum")
    }

    @Test("Isolation window, fragmentation and its energy are those of the first precursor")
    func fragmentation() throws {
        func term(_ accession: String, _ name: String, _ value: String = "", unit: String = "") -> String {
            "<cvParam accession='\(accession)' name='\(name)' value='\(value)' unitAccession='\(unit)'/>"
        }
        func window(_ target: String, _ lower: String, _ upper: String) -> String {
            "<isolationWindow>" + term("MS:1000827", "isolation window target m/z", target)
                + term("MS:1000828", "isolation window lower offset", lower)
                + term("MS:1000829", "isolation window upper offset", upper) + "</isolationWindow>"
        }
        let activation =
            "<activation>" + term("MS:1000422", "beam-type collision-induced dissociation")
            + term("MS:1000045", "collision energy", "27.5", unit: "UO:0000266")
            + term("MS:1000509", "activation energy")
            + "</activation>"
        var document = MzMLDocument()
        document.precursor = window("207.5", "0.5", "1.25") + activation
        var expected = MzMLDocument.expected
        expected.isolationWindow = 207...208.75
        expected.collisionEnergy = "27.5 eV"
        expected.dissociation = [VocabularyTerm("MS:1000422", "beam-type collision-induced dissociation")]
        #expect(try spectra(document.text) == [expected])
        // Of a second precursor, and of windows that are none, nothing is kept.
        document.selectedIon +=
            "</selectedIon></selectedIonList></precursor><precursor>"
            + window("9", "1", "1") + "<activation>" + term("MS:1000598", "electron transfer dissociation")
            + "</activation><selectedIonList><selectedIon>"
        #expect(try spectra(document.text) == [expected])
        for (target, lower, upper) in [
            ("207.5", "-1", "1"), ("207.5", "300", "1"), ("x", "1", "1"), ("207.5", "nan", "1"), ("207.5", "1", "1e9"),
        ] {
            document = MzMLDocument()
            document.precursor = window(target, lower, upper)
            #expect(try spectra(document.text) == [MzMLDocument.expected], "\(target) \(lower) \(upper)")
        }
    }

    @Test("The run, its instrument and the file that the instrument wrote are told")
    func source() throws {
        func read(_ change: (inout MzMLDocument) -> Void) throws -> SpectrumSource {
            var document = MzMLDocument()
            change(&document)
            return try withFile(document.text.utf8, name: "x.mzML") { try SpectrumFile.read(path: $0) { _ in } }
        }
        var expected = SpectrumSource(name: "x.mzML", format: .mzML)
        expected.runID = "r"
        #expect(try read { _ in } == expected)
        let digest = String(repeating: "0aB", count: 14).prefix(40)
        func file(_ id: String, _ terms: String) -> String {
            "<sourceFile id='\(id)' name='/data/\(id).raw' location='file:///'>\(terms)</sourceFile>"
        }
        let terms =
            "<cvParam accession='MS:1000569' name='SHA-1' value='\(digest)'/>"
            + "<cvParam accession='MS:1000768' name='Thermo nativeID format' value=''/>"
        let description =
            "<fileDescription><sourceFileList count='2'>" + file("a", "") + file("b", terms)
            + "</sourceFileList></fileDescription>"
        let instrument =
            "<instrumentConfigurationList><instrumentConfiguration id='i'>"
            + "<cvParam accession='MS:1000529' name='instrument serial number' value='7'/>"
            + "<cvParam accession='MS:1001911' name='Q Exactive' value=''/></instrumentConfiguration>"
            + "</instrumentConfigurationList>"
        expected.instrument = VocabularyTerm("MS:1001911", "Q Exactive")
        expected.rawFile = SpectrumSource.RawFile(name: "a.raw")
        let first = try read {
            $0.fileDescription = description
            $0.groups = instrument
        }
        #expect(first == expected)
        expected.rawFile = SpectrumSource.RawFile(
            name: "b.raw", nativeIDFormat: VocabularyTerm("MS:1000768", "Thermo nativeID format"),
            checksum: SpectrumSource.Checksum(
                method: VocabularyTerm("MS:1000569", "SHA-1"), value: digest.lowercased()))
        let second = try read {
            $0.fileDescription = description
            $0.groups = instrument
            $0.runAttributes = "id='r' defaultSourceFileRef='b'"
        }
        #expect(second == expected)
        // What is no checksum of its kind is not kept.
        let damaged = try read {
            $0.fileDescription = description.replacing(digest, with: digest.dropLast() + "g")
            $0.runAttributes = "id='r' defaultSourceFileRef='b'"
        }
        #expect(damaged.rawFile?.checksum == nil)
    }

    @Test("A scan number is told where it alone names the spectrum")
    func scanNumbers() {
        for (text, scan, numbers) in [
            ("scan=17", 17, [17]), ("controllerType=0 controllerNumber=1 scan=9", 9, [0, 1, 9]),
            ("controllerType=5 controllerNumber=1 scan=9", nil, [5, 1, 9]),
            ("function=2 process=0 scan=9", nil, [2, 0, 9]),
            ("sample=1 period=1 cycle=2740 experiment=10", nil, [1, 1, 2740, 10]), ("index=4", nil, [4]),
            ("scan=-1", nil, nil), ("scan=99999999999999999999", nil, nil), ("file=a", nil, nil),
        ] as [(String, Int?, [Int]?)] {
            #expect(NativeID(text)?.scanNumber == scan && NativeID(text)?.numbers == numbers, "\(text)")
        }
        for text in ["", "17", "scan=", "=17", "a=b=c", "scan=1 x"] { #expect(NativeID(text) == nil, "\(text)") }
    }

    @Test("Only MS2 spectra are read; chromatograms, other arrays and later scans are passed over")
    func passedOver() throws {
        var document = MzMLDocument()
        document.level = document.level.replacing("value=\"2\"", with: "value=\"1\"")
        #expect(try refusal(document.text) == "the file holds no MS2 spectrum")

        document = MzMLDocument()
        document.mz += MzMLDocument.array("MS:1000516", bytes: [1, 2, 3], width: "MS:1000522")
        document.chromatogram =
            "<chromatogramList><chromatogram><binaryDataArrayList>\(document.intensity)"
            + "</binaryDataArrayList></chromatogram></chromatogramList>"
        document.startTime += "</scan><scan>" + document.startTime.replacing("1.5", with: "9")
        document.selectedIon +=
            "</selectedIon><selectedIon><cvParam accession='MS:1000744' name='selected ion m/z' value='9'/>"
        #expect(try spectra(document.text) == [MzMLDocument.expected])
    }

    @Test("An empty spectrum is kept")
    func empty() throws {
        var document = MzMLDocument()
        document.arrayLength = "0"
        document.mz = MzMLDocument.array("MS:1000514", doubles: [])
        document.intensity = MzMLDocument.array("MS:1000515", doubles: [], zlib: true)
        var expected = MzMLDocument.expected
        expected.peaks = []
        #expect(try spectra(document.text) == [expected])
    }

    @Test("An array is what it says or an error that names it")
    func arrayErrors() throws {
        let bytes = MzMLDocument.bytes([300, 100.5, 200])
        func refusal(_ mz: String) throws -> String { try MzMLDocument.refusal { $0.mz = mz } }
        func array(_ bytes: [UInt8], width: String = "MS:1000523", compression: String, length: Int? = nil)
            -> String
        {
            MzMLDocument.array(
                "MS:1000514", bytes: bytes, width: width, compression: compression, encodedLength: length)
        }
        let place = "spectrum 'scan=7': "
        #expect(
            try refusal(array(bytes, compression: "MS:1002312")).hasPrefix(
                place + "the m/z array has MS-Numpress compression; convert with msconvert"))
        #expect(
            try refusal(array(bytes, width: "MS:1000522", compression: "MS:1000576")).hasPrefix(
                place + "the m/z array has width numbers"))
        #expect(
            try refusal(array(bytes, width: "x", compression: "MS:1000576")).contains("neither 32-bit nor 64")
        )
        #expect(try refusal(array(bytes, compression: "x")).contains("does not say how it is compressed"))
        #expect(
            try refusal(array(bytes, compression: "MS:1000576", length: 30))
                == place + "encodedLength of the m/z array is 30, but there are 32 characters")
        #expect(
            try refusal(array(Array(bytes.dropLast(8)), compression: "MS:1000576"))
                == place + "the m/z array holds 16 bytes, not the 24 of 3 numbers")
        #expect(try refusal(array(bytes, compression: "MS:1000574")).contains("truncated or damaged"))
        let stream = zlibCompressed(bytes)
        #expect(try refusal(array(Array(stream.dropLast()), compression: "MS:1000574")).contains("truncated"))
        #expect(try refusal(array(stream + [0], compression: "MS:1000574")).contains("goes on after"))
        #expect(
            try refusal(array(zlibCompressed(bytes + [0]), compression: "MS:1000574"))
                == place + "the m/z array inflates to more than its 3 numbers")
        #expect(try refusal("") == place + "the m/z array is missing")
        #expect(
            try refusal(MzMLDocument.array("MS:1000514", doubles: [1, .nan, 2])).contains(
                "m/z nan is not a number"))
        #expect(
            try refusal(MzMLDocument().mz.replacing("A</binary>", with: "*</binary>")).contains("not base64"))
    }

    @Test("Profile spectra are refused with advice")
    func profile() throws {
        let term = "<cvParam accession=\"MS:1000128\" name=\"profile spectrum\" value=\"\"/>"
        let message = try MzMLDocument.refusal { $0.terms += term }
        #expect(
            message.contains("scan=7") && message.contains("profile mode") && message.contains("peakPicking"))
    }

    @Test(
        "An array length that cannot be is an error",
        arguments: ["-1", "x", "", "1000001", "99999999999999999999"])
    func arrayLengths(_ length: String) throws {
        #expect(try MzMLDocument.refusal { $0.arrayLength = length }.contains("defaultArrayLength"))
    }

    @Test("A selected ion beyond reason is an error, one of zero is unknown")
    func selectedIon() throws {
        for value in ["x", "1e7", "nan", ""] {
            #expect(
                try MzMLDocument.refusal { $0.selectedIon = $0.selectedIon.replacing("207.5", with: value) }
                    .hasPrefix("spectrum 'scan=7': "))
        }
        var document = MzMLDocument()
        document.selectedIon = document.selectedIon.replacing("207.5", with: "0")
        #expect(try spectra(document.text).map(\.precursorMZ) == [nil])
    }

    @Test("Document type declarations are refused, so that no entity is expanded or fetched")
    func documentTypes() throws {
        let bomb = """
            <!DOCTYPE mzML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>
            """
        let external = "<!DOCTYPE mzML SYSTEM \"file:///etc/passwd\">"
        for declaration in [
            bomb, external, "<!-- > -->" + bomb, "<?p <mzML> ?>" + external, "<!--><mzML>-->" + bomb,
        ] {
            #expect(
                try MzMLDocument.refusal { $0.declaration += declaration }.contains(
                    "document type declaration"))
            #expect(
                try MzMLDocument.refusal { $0.groups = declaration }.contains("document type declaration"))
        }
    }

    @Test("Of encodings, UTF-8 and Latin-1 are read", arguments: ["UTF-7", "UTF-16", "IBM037", ""])
    func encodings(_ encoding: String) throws {
        let message = try MzMLDocument.refusal {
            $0.declaration = "<?xml version='1.0' encoding = '\(encoding)'?>"
        }
        #expect(message.hasPrefix("line 1: "))
        #expect(try refusal([0xFF, 0xFE, 0x3C, 0x00]).contains("UTF-16"))
    }

    @Test("What XML has besides elements is passed over")
    func passedOverXML() throws {
        var document = MzMLDocument()
        document.declaration = "\u{FEFF}<?xml version='1.0'?>\n<?x?><!-- <mzML> -- --><?y a?>\r\n"
        document.groups = "<!----><![CDATA[<spectrum>]]]>text &amp; more<a  b='1'\tc = \"'>\"\n></a ><a/>"
        document.chromatogram = "<!-- \(String(repeating: "<spectrum>-", count: 100_000)) -->"
        #expect(try spectra(document.text) == [MzMLDocument.expected])
    }

    @Test("References in attributes stand for characters")
    func references() throws {
        var document = MzMLDocument()
        document.terms +=
            "<cvParam accession='MS:1000796' name='' value='a&lt;&gt;&amp;&quot;&apos;&#65;&#x3b2;;'/>"
        #expect(try spectra(document.text).map(\.name) == ["a<>&\"'Aβ;"])
    }

    @Test(
        "What is not well-formed is refused at its line",
        arguments: [
            "</a>", "<a></b>", "<a b>", "<a b=c/>", "<a b='1' b='2'/>", "<a b='1'c='2'/>", "<a b='&c;'/>",
            "<a b='&#0;'/>", "<a b='&#xD800;'/>", "<a b='&'/>", "<>", "</>", "< a/>", "<a =''/>", "</a b>",
            "<a b='1' / >", "<a//>",
        ])
    func malformed(_ text: String) throws {
        #expect(try MzMLDocument.refusal { $0.groups = text }.hasPrefix("line 3: "))
    }

    @Test("One root element, nothing else around it")
    func root() throws {
        let text = MzMLDocument().text
        #expect(try refusal(text + "<mzML/>").contains("follows the root element"))
        #expect(try refusal(text + "x").contains("text outside of the root element"))
        #expect(try spectra(text + "\n<!-- x -->\n<?y?> ") == [MzMLDocument.expected])
        #expect(try refusal(text + "<!-- x").contains("truncated"))
        #expect(try refusal("<!-- x -->").contains("truncated"))
    }

    @Test("A name or a value that is not UTF-8 is refused")
    func notUTF8() throws {
        let text = MzMLDocument().text
        for name in ["scan start time", "spectrum index", "</run", "spectrumList count"] {
            let range = try #require(text.firstRange(of: name))
            var bytes = Array(text.utf8)
            bytes[text.utf8.distance(from: text.startIndex, to: range.lowerBound) + 2] = 0xED
            #expect(try refusal(bytes).contains("is not UTF-8"))
        }
    }

    @Test("Latin-1 documents are read in their encoding")
    func latin1() throws {
        var document = MzMLDocument()
        document.declaration = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
        document.terms += "<cvParam accession=\"MS:1000796\" name=\"spectrum title\" value=\"µ\"/>"
        let bytes = document.text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        #expect(try withFile(bytes) { try SpectrumFile.spectra(path: $0) }.map(\.name) == ["µ"])
    }

    @Test("A file of many spectra is read piece by piece, and only as far as it is wanted")
    func stream() throws {
        // About 8 MB: the end, which is damaged, is never reached.
        let document = MzMLDocument().text
        let start = try #require(document.firstRange(of: "<spectrum ")).lowerBound
        let end = try #require(document.firstRange(of: "</spectrum>")).upperBound
        let text = document[..<end] + String(repeating: String(document[start..<end]), count: 5000) + "<<<"
        struct Enough: Error {}
        try withFile(text.utf8) { path in
            var count = 0
            #expect(throws: Enough.self) {
                try SpectrumFile.read(path: path) { spectrum in
                    count += 1
                    #expect(spectrum == MzMLDocument.expected)
                    if count == 100 { throw Enough() }
                }
            }
            #expect(count == 100)
            let error = #expect(throws: SpectrumFileError.self) { try SpectrumFile.read(path: path) { _ in } }
            #expect(error?.message.contains("truncated") == true)
        }
    }
}
