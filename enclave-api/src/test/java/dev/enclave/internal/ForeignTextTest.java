package dev.enclave.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ForeignTextTest {

  @Property
  void isOneShortLineThatNothingActsOn(@ForAll String text) {
    String shown = ForeignText.of("${jndi:x}\r\n\u001b[31m" + text);
    assertThat(shown).doesNotContain("${").hasSizeLessThan(6 * ForeignText.LONGEST + 100);
    assertThat(shown.codePoints())
        .allMatch(c -> (c >= ' ' && c <= '~') || Character.isLetterOrDigit(c) || c == '…');
  }

  @Property
  void withholdsKeys_inEveryFormOfNumbers(@ForAll @Size(32) byte[] key) {
    for (String form :
        List.of(
            HexFormat.of().formatHex(key),
            HexFormat.of().withUpperCase().formatHex(key),
            HexFormat.ofDelimiter(":").formatHex(key),
            HexFormat.ofDelimiter(", ").withPrefix("0x").formatHex(key),
            Arrays.toString(key))) {
      assertThat(ForeignText.of("could not use key=" + form + ", try again"))
          .contains(ForeignText.WITHHELD)
          .doesNotContain(form);
    }
  }

  @Test
  void withholdsBase64_ofAThousandRandomKeys() {
    java.util.Random random = new java.util.Random(20);
    for (int i = 0; i < 1000; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      String text = Base64.getEncoder().encodeToString(key);
      String url = Base64.getUrlEncoder().withoutPadding().encodeToString(key);
      assertThat(ForeignText.of("key " + text + " " + url))
          .doesNotContain(text)
          .doesNotContain(url);
    }
  }

  @Test
  void keepsAKnownName_asAWordOfItsOwn_andWithAPathBelowIt() {
    String ring = "projects/p1/locations/us/keyRings/Pay2Eu4Xy9Qz7Kt3Rb";
    for (String text :
        List.of(
            "GetCryptoKey on " + ring + ": NOT_FOUND",
            ring,
            "(" + ring + ")",
            "none in " + ring + "/cryptoKeys/wallet-42.")) {
      assertThat(ForeignText.of(text)).contains(ForeignText.WITHHELD);
      assertThat(ForeignText.of(text, List.of(ring))).isEqualTo(text);
    }
  }

  @Test
  void judgesWhatStandsAroundAKnownName_asIfTheNameWereNotThere() {
    String key = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
    String name = "alias/treasury";
    for (String text :
        List.of(
            name + "/" + key, key + " " + name, name + key, key + "/" + name, name + " " + key)) {
      assertThat(ForeignText.of(text, List.of(name))).doesNotContain(key);
    }
  }

  @Test
  void takesNoPartOfAListOfBytes_forAName() {
    String pairs =
        HexFormat.ofDelimiter(":").formatHex(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    assertThat(ForeignText.of("key " + pairs, List.of("06", "a1", "06:07")))
        .isEqualTo("key " + ForeignText.WITHHELD);
  }

  @Test
  void aNameIsNeverJudged_andStillOneLineThatNothingActsOn() {
    assertThat(ForeignText.name("keys/" + "0a".repeat(32))).isEqualTo("keys/" + "0a".repeat(32));
    assertThat(ForeignText.name("a\nb${c}\u202e")).isEqualTo("a\\nb\\u0024{c}\\u202e");
    assertThat(ForeignText.name("x".repeat(5000))).hasSizeLessThan(ForeignText.LONGEST + 100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Key alias/wallet-42 is pending deletion. Cancel it first.",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "(provider request 4bf92f3577b34da6a3ce929d0e0e4736)",
        "/home/user/.enclave/keys/wallet-42/version-1.key may be read by others: chmod 600 it",
        "/tmp/junit-5243892347923/enclave-store/keys cannot be written",
        "the store in /home/jörg/schlüssel is locked"
      })
  void leavesWhatPeopleNeed(String text) {
    assertThat(ForeignText.of(text)).isEqualTo(text);
  }
}
