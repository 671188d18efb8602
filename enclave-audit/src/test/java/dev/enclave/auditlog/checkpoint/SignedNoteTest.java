package dev.enclave.auditlog.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.support.InstalledVectors;
import dev.enclave.crypto.LocalKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignedNoteTest {

  private static final Path GO =
      Path.of("/usr/share/gocode/src/golang.org/x/mod/sumdb/note/example_test.go");

  private final Signer signer = signer("log.example/1", SigningAlgorithm.ED25519);

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_P256_SHA256"})
  void aSignedNoteComesBack_andItsKeyVerifiesIt(SigningAlgorithm algorithm) throws IOException {
    Signer either = signer("log.example/1", algorithm);
    SignedNote note = either.sign("one\n\ntwo\n");

    SignedNote read = SignedNote.parse(note.encoded());

    assertThat(read).isEqualTo(note);
    assertThat(read.text()).isEqualTo("one\n\ntwo\n");
    VerifierKey key = VerifierKey.parse(either.key().text() + "\n");
    assertThat(key).isEqualTo(either.key());
    read.require(key);
  }

  @Test
  void everySingleByteChangeIsFound() throws IOException {
    byte[] note = signer.sign("one\ntwo\n").encoded();
    for (int at = 0; at < note.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = note.clone();
        changed[at] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> SignedNote.parse(changed).require(signer.key()))
            .as("byte %d bit %d", at, bit)
            .isInstanceOf(MalformedNoteException.class);
      }
    }
  }

  @Test
  void signaturesOfOthersCountForNothing() throws IOException {
    Signer other = signer("log.example/1", SigningAlgorithm.ED25519);
    SignedNote note = other.sign("one\n");
    assertThatThrownBy(() -> note.require(signer.key()))
        .hasMessage("it is not signed by " + signer.key().text());

    SignedNote both = signer.sign(note);
    SignedNote.parse(both.encoded()).require(signer.key());
    SignedNote.parse(both.encoded()).require(other.key());
  }

  @Test
  void aSignatureThatIsNotTheKeysIsNotTaken() throws IOException {
    Signer other = signer("log.example/1", SigningAlgorithm.ED25519);
    byte[] foreign = other.secret().sign(Message.ofUtf8("one\n")).toByteArray();

    assertThatThrownBy(() -> SignedNote.unsigned("one\n").signedBy(signer.key(), foreign))
        .hasMessage("the signature of " + signer.key().text() + " is not valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a\n", "a\n\n", "a\n\nb\n", "a\n\n\u2014 b c\n", "a\tb\n\n"})
  void whatIsNoNoteIsRefused(String text) {
    assertThatThrownBy(() -> SignedNote.parse(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedNoteException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a+b", "a+00000000+AQ==", "a b+00000000+AQ==", "a+0+!"})
  void whatIsNoVerifierKeyIsRefused(String text) {
    assertThatThrownBy(() -> VerifierKey.parse(text)).isInstanceOf(MalformedNoteException.class);
  }

  @Test
  void aVerifierKeyWithAnotherIdIsRefused() {
    String text = signer.key().text();
    String id = text.split("\\+", 3)[1];
    String other = id.startsWith("0") ? "1" + id.substring(1) : "0" + id.substring(1);

    assertThatThrownBy(() -> VerifierKey.parse(text.replace("+" + id + "+", "+" + other + "+")))
        .hasMessageContaining("not that of the key");
  }

  @Tag("needs-transparency")
  @Test
  void verifiesAndMakesTheNotesOfGo_whereTheyAreInstalled() throws IOException {
    if (!InstalledVectors.present(GO, "golang-golang-x-mod-dev")) {
      assertThat(signer.key().text()).startsWith("log.example/1+");
      return;
    }
    String source = Files.readString(GO);
    VerifierKey key = VerifierKey.parse(first(source, "vkey := \"([^\"]+)\""));
    String text =
        first(source, "text := \"([^\"]+)\\\\n\"")
            + "\n"
            + first(source, "text := [^\\n]*\\n\\t\\t\"([^\"]+)\\\\n\"")
            + "\n";
    String line = first(source, "// (\u2014 Peter[^\\n]+)");

    SignedNote note =
        SignedNote.parse((text + "\n" + line + "\n").getBytes(StandardCharsets.UTF_8));

    assertThat(note.text()).isEqualTo(text);
    note.require(key);
  }

  private static String first(String source, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(source);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static Signer signer(String name, KeyAlgorithm algorithm) {
    LocalKey key = LocalKey.generate(algorithm, new SecureRandom());
    return new Signer(new VerifierKey(name, key.publicKey().orElseThrow()), key);
  }

  /** Signs notes with a key in memory. */
  private record Signer(VerifierKey key, LocalKey secret) {

    SignedNote sign(String text) throws MalformedNoteException {
      return sign(SignedNote.unsigned(text));
    }

    SignedNote sign(SignedNote note) throws MalformedNoteException {
      byte[] text = note.text().getBytes(StandardCharsets.UTF_8);
      return note.signedBy(key, secret.sign(Message.of(text)).toByteArray());
    }
  }
}
