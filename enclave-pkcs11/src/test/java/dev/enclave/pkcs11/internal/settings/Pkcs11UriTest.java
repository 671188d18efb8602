package dev.enclave.pkcs11.internal.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Pkcs11UriTest {

  @Test
  void readsATokenAndItsLibrary() {
    Pkcs11Uri uri =
        Pkcs11Uri.parse(
                "pkcs11:token=My%20token%C3%A4;serial=01;manufacturer=ACME"
                    + "?module-path=/usr/lib/p.so&pin-source=file:/etc/pin")
            .orElseThrow();
    assertThat(uri.text("token")).contains("My tokenä");
    assertThat(uri.text("serial")).contains("01");
    assertThat(uri.text("manufacturer")).contains("ACME");
    assertThat(uri.text("model")).isEmpty();
    assertThat(uri.queried("module-path")).contains("/usr/lib/p.so");
    assertThat(uri.queried("pin-source")).contains("file:/etc/pin");
  }

  @Test
  void readsAnIdOfAnyOctets() {
    assertThat(Pkcs11Uri.parse("pkcs11:id=%00%FF%3b").flatMap(uri -> uri.octets("id")))
        .hasValueSatisfying(id -> assertThat(id).containsExactly(0, 0xff, ';'));
  }

  @Test
  void takesAPlusSign_andTextThatIsNotEncoded_asTheyAre() {
    assertThat(Pkcs11Uri.parse("pkcs11:token=a+b%2Bä").flatMap(uri -> uri.text("token")))
        .contains("a+b+ä");
  }

  @Test
  void writesWhatItReads() {
    byte[] id = {0, 1, (byte) 0xfe, '%', 'a'};
    String uri = Pkcs11Uri.ofKey("pay ments;?".getBytes(UTF_8), id);
    assertThat(uri).isEqualTo("pkcs11:object=pay%20ments%3B%3F;id=%00%01%FE%25%61;type=private");
    Optional<Pkcs11Uri> read = Pkcs11Uri.parse(uri);
    assertThat(read.flatMap(it -> it.octets("id")))
        .hasValueSatisfying(it -> assertThat(it).isEqualTo(id));
    assertThat(read.flatMap(it -> it.text("object"))).contains("pay ments;?");
    assertThat(Pkcs11Uri.ofKey(new byte[0], new byte[] {1}))
        .isEqualTo("pkcs11:id=%01;type=private");
    assertThat(Pkcs11Uri.ofToken("a b", "")).isEqualTo("pkcs11:token=a%20b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "token=a",
        "PKCS11:token=a",
        "pkcs11:token",
        "pkcs11:token=a;",
        "pkcs11:token=a;token=b",
        "pkcs11:tokne=a",
        "pkcs11:token=%4",
        "pkcs11:token=%zz",
        "pkcs11:token=%-1",
        "pkcs11:token=%+1",
        "pkcs11:token=a?module-name=p",
        "pkcs11:token=a?module-path=p&module-path=q"
      })
  void refusesOtherForms(String text) {
    assertThat(Pkcs11Uri.parse(text)).isEmpty();
  }
}
