package dev.enclave.crypto.internal.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is DER and what is a looser form of it (X.690 §8.1.3, §8.3, §10). */
final class DerReaderTest {

  private static final int OCTET_STRING = 0x04;

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static DerReader reader(String hex) {
    return new DerReader(octets(hex));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000})
  void readsEveryLengthInItsShortestForm(int length) throws DerException {
    byte[] content = new byte[length];
    Arrays.fill(content, (byte) 7);
    byte[] element = DerWriter.octetString(content.clone());

    DerReader byContent = new DerReader(element);
    assertThat(byContent.octetString()).isEqualTo(content);
    byContent.end();
    DerReader asAWhole = new DerReader(element);
    assertThat(asAWhole.element(OCTET_STRING)).isEqualTo(element);
    asAWhole.end();
  }

  @ParameterizedTest
  @CsvSource({"8100, 0", "817f, 127", "820000, 0", "8200ff, 255", "83000000, 0", "8300ffff, 65535"})
  void refusesALengthInALongerForm(String written, int length) {
    byte[] element = Arrays.copyOf(octets("04" + written), 1 + written.length() / 2 + length);

    assertThatThrownBy(() -> new DerReader(element).octetString())
        .isInstanceOf(DerException.class)
        .hasMessage("a length is not in its shortest form");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0480", "048400000000", "048401000000", "04ff"})
  void refusesALengthThatIsIndefiniteOrOfMoreThanThreeOctets(String element) {
    assertThatThrownBy(() -> reader(element).octetString())
        .isInstanceOf(DerException.class)
        .hasMessage("a length is indefinite or too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"04", "0401", "040207", "0481", "0482", "048201", "0483010000"})
  void refusesAnElementThatIsCutShort_alsoWhereOtherBytesFollowWhatItIsIn(String element) {
    byte[] around = DerWriter.sequence(octets(element));
    byte[] followed = Arrays.copyOf(around, around.length + 300);

    assertThatThrownBy(() -> reader(element).octetString())
        .isInstanceOf(DerException.class)
        .hasMessage("an element is cut short");
    assertThatThrownBy(() -> new DerReader(followed).sequence().octetString())
        .isInstanceOf(DerException.class)
        .hasMessage("an element is cut short");
  }

  @ParameterizedTest
  @CsvSource({"020100, 0", "02017f, 127", "02020080, 128", "020200ff, 255", "02020100, 256"})
  void readsNaturalNumbersInTheirShortestForm(String element, BigInteger number)
      throws DerException {
    assertThat(reader(element).natural()).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0200", "020180", "0201ff", "0202ff00", "02020000", "0202007f"})
  void refusesAnIntegerThatIsEmptyNegativeOrLonger(String element) {
    assertThatThrownBy(() -> reader(element).natural())
        .isInstanceOf(DerException.class)
        .hasMessage("an integer is negative or not in its shortest form");
  }

  @Test
  void readsABitStringOfWholeOctets() throws DerException {
    assertThat(reader("030100").bitString()).isEmpty();
    assertThat(reader("0303000708").bitString()).containsExactly(7, 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0300", "030101", "03020780", "0302ff80"})
  void refusesABitStringWithUnusedBits_orWithoutTheirNumber(String element) {
    assertThatThrownBy(() -> reader(element).bitString())
        .isInstanceOf(DerException.class)
        .hasMessage("a bit string has unused bits");
  }

  @Test
  void passesOverWhatIsOptional_whereItIsThere() throws DerException {
    DerReader both = reader("a0020500" + "020107");
    both.skipOptional(0xa0);
    both.skipOptional(0xa0);
    assertThat(both.natural()).isEqualTo(BigInteger.valueOf(7));
    both.end();
    both.skipOptional(0xa0);
    assertThat(both.nextIs(0xa0)).isFalse();
  }

  @Test
  void goesOnAfterAConstructedElement_whichHasItsOwnEnd() throws DerException {
    DerReader outer = reader("3003020107" + "020108");
    DerReader inner = outer.sequence();

    assertThat(outer.natural()).isEqualTo(BigInteger.valueOf(8));
    outer.end();
    assertThatThrownBy(inner::end).hasMessage("3 bytes follow the last element");
    assertThat(inner.natural()).isEqualTo(BigInteger.valueOf(7));
    inner.end();
    assertThatThrownBy(inner::natural).hasMessage("an element of tag 2 is missing");
  }
}
