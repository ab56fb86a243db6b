import Ring

/// The constants of key switching, by their definitions in integers.
extension SetupCheck {
    /// A chain: what each level needs for rescaling and for switching keys. Not the tables of the transforms.
    package mutating func check(_ chain: ModulusChain) {
        expect(Set(chain.full.moduli).count == chain.full.count, "a prime comes twice")
        for primes in 1...chain.primeCount {
            if primes > 1 { check(chain.rescaling(primes: primes)) }
            if chain.special != nil { check(chain.level(primes: primes), of: chain) }
        }
    }

    private mutating func check(_ level: KeySwitchingLevel, of chain: ModulusChain) {
        for digit in level.digits { check(digit) }
        check(level.divisionByP)
        if let division = level.divisionByPAndLast { check(division) }
        // The gadget: P modulo the digit's own primes, 0 modulo the others, the special ones among them.
        let product = chain.full[chain.primeCount..<chain.full.count].product
        for (modulus, factor) in zip(chain.basis.moduli, level.specialProduct) {
            let q = BigInteger(modulus.value)
            checkFactor(factor, of: product % q, modulus: q, "P mod \(q)")
        }
        let covered = level.digits.flatMap { Array($0.digit) }
        expect(covered == Array(0..<level.primes), "the digits are not the level's primes in their order")
    }
}
