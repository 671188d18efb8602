package dev.enclave.cli.use;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave verify}: with a key of a backend, or with a public key alone. */
@Command(
    name = "verify",
    sortOptions = false,
    customSynopsis = {
      "enclave verify NAME FILE SIG [--encoding ENCODING] [--prehashed] [--version V]",
      "enclave verify --public-key PEM --algorithm ALGORITHM FILE SIG [--encoding ENCODING]"
          + " [--prehashed]"
    },
    description = "Verify a signature: exit code 0 if it is valid, 1 if it is not.")
public final class VerifyCommand implements Callable<Integer> {

  private static final int NOT_VALID = 1;

  private final Session session;

  @Parameters(
      arity = "0..3",
      paramLabel = "NAME FILE SIG",
      description = "The key's name or handle, what was signed, and the signature.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--public-key",
      paramLabel = "PEM",
      description = "Verify with this public key; no backend is needed then.")
  private @Nullable String publicKey;

  @Option(
      names = "--algorithm",
      paramLabel = "ALGORITHM",
      description = "The algorithm of --public-key.")
  private @Nullable String algorithm;

  @Option(
      names = "--encoding",
      paramLabel = "ENCODING",
      description = "ECDSA: der (the default) or p1363. Others: raw.")
  private @Nullable String encoding;

  @Option(names = "--prehashed", description = "FILE is the digest itself, as binary.")
  private boolean prehashed;

  @Option(
      names = "--version",
      paramLabel = "V",
      description = "Only this version; else any that verifies.")
  private @Nullable String version;

  public VerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    boolean valid = publicKey == null ? verifyByName() : verifyByPublicKey(publicKey);
    session.print(valid ? "valid" : Texts.NOT_VALID.with());
    return valid ? 0 : NOT_VALID;
  }

  private boolean verifyByName() {
    if (arguments.size() != 3) {
      throw usage(Texts.VERIFY_NEEDS_NAME.with());
    }
    if (algorithm != null) {
      throw usage(Texts.ALGORITHM_IS_FOR_PUBLIC_KEY.with());
    }
    byte[] content = session.files().read(arguments.get(1));
    byte[] signature = session.files().read(arguments.get(2));
    Optional<KeyVersionId> wanted = KeyArgument.version(version);
    return session.withEnclave(
        enclave -> {
          SigningKey key = KeyArgument.signing(enclave, arguments.get(0));
          SignatureEncoding layout = SignatureInputs.encoding(encoding, key.algorithm());
          SigningInput input = SignatureInputs.input(content, prehashed, key.algorithm());
          return wanted.isPresent()
              ? key.verify(input, signature, layout, wanted.get())
              : key.verify(input, signature, layout);
        });
  }

  private boolean verifyByPublicKey(String pemFile) {
    if (arguments.size() != 2) {
      throw usage(Texts.VERIFY_NEEDS_FILE.with());
    }
    if (algorithm == null) {
      throw usage(Texts.ALGORITHM_MISSING.with());
    }
    if (version != null) {
      throw usage(Texts.VERSION_IS_FOR_KEY.with());
    }
    KeyAlgorithm scheme = KeyAlgorithm.parse(algorithm);
    String pem = new String(session.files().read(pemFile), StandardCharsets.UTF_8);
    byte[] content = session.files().read(arguments.get(0));
    byte[] signature = session.files().read(arguments.get(1));
    SignatureVerifier verifier = SignatureVerifier.of(PublicKeyInfo.fromPem(pem, scheme));
    return verifier.verify(
        SignatureInputs.input(content, prehashed, scheme),
        signature,
        SignatureInputs.encoding(encoding, scheme));
  }

  private static EnclaveException usage(String message) {
    return Texts.SEE_HELP.as(ErrorCode.INVALID_ARGUMENT, message);
  }
}
