package dev.enclave.crypto.internal.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FermatTest {

  @Test
  void takesTheRootAsTheJdkDoes() {
    for (int i = 0; i < 5000; i++) {
      BigInteger n = BigInteger.valueOf(i);
      assertThat(Fermat.root(n)).isEqualTo(n.sqrt());
      BigInteger large = new BigInteger(1 + i % 4096, new Random(i));
      BigInteger square = large.multiply(large);
      assertThat(Fermat.root(square)).isEqualTo(large);
      assertThat(Fermat.root(square.add(large))).isEqualTo(large);
      assertThat(Fermat.root(square.subtract(large.min(BigInteger.ONE))))
          .isEqualTo(large.subtract(large.min(BigInteger.ONE)));
    }
  }

  /** The first round whose a gives a square is (p + q) / 2, less the root rounded up. */
  @Test
  void findsWhatAHundredRoundsFind_andNoMore() {
    BigInteger p = BigInteger.valueOf(10_007);
    for (BigInteger q = p; q.bitLength() < 18; q = q.nextProbablePrime()) {
      BigInteger n = p.multiply(q);
      BigInteger a = p.add(q).shiftRight(1);
      BigInteger first = n.subtract(BigInteger.ONE).sqrt().add(BigInteger.ONE);
      assertThat(Fermat.factors(n))
          .as(q.toString())
          .isEqualTo(a.subtract(first).intValueExact() < Fermat.ROUNDS);
    }
  }
}
