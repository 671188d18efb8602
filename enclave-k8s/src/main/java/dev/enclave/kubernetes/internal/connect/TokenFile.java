package dev.enclave.kubernetes.internal.connect;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A token that somebody keeps fresh in a file: kubelet, for a projected volume. */
final class TokenFile implements Credential {

  /** What a pod's specification needs, in one line of YAML. */
  static final String PROJECTED =
      "volumes: [{name: enclave-token, projected: {sources: [{serviceAccountToken:"
          + " {expirationSeconds: 3600, path: token}}]}}]";

  private static final String REMEDY =
      "Add to the pod "
          + PROJECTED
          + ", to its container volumeMounts: [{name: enclave-token, mountPath:"
          + " /var/run/secrets/enclave, readOnly: true}], and set enclave.kubernetes."
          + KubernetesSettings.TOKEN_FILE
          + "=/var/run/secrets/enclave/token";

  private final String path;
  private final Optional<String> folder;
  private final BackendContext context;

  /**
   * @param folder which it must lie in, whatever links lead to; none where an operator names it
   */
  TokenFile(String path, Optional<String> folder, BackendContext context) {
    this.path = path;
    this.folder = folder;
    this.context = context;
  }

  @Override
  public Optional<Token> token() throws BackendFailure {
    Optional<Token> token = read();
    if (token.isEmpty()) {
      throw BackendFailure.permanent(
              FailureCode.MISCONFIGURED,
              "There is no service-account token to be read in " + path + ".",
              REMEDY + ".")
          .naming(path);
    }
    if (token.get().end().isEmpty() && context.environment().isStrict()) {
      throw BackendFailure.permanent(
              FailureCode.REFUSED,
              endless() + " " + context.environment() + " refuses it.",
              REMEDY + ".")
          .naming(path);
    }
    return token;
  }

  private Optional<Token> read() {
    return target().filter(this::isWithin).flatMap(context.snapshot()::read).flatMap(Token::of);
  }

  /** Whether it lies elsewhere than it must, as links lead now. */
  boolean strays() {
    return target().filter(file -> !isWithin(file)).isPresent();
  }

  private Optional<String> target() {
    return folder.isEmpty() ? Optional.of(path) : context.snapshot().realPath(path);
  }

  private boolean isWithin(String file) {
    return folder.isEmpty()
        || context
            .snapshot()
            .realPath(folder.get())
            .filter(root -> Path.of(file).startsWith(Path.of(root)))
            .isPresent();
  }

  private String endless() {
    return "The service-account token in "
        + path
        + " does not end: it has no exp claim, so whoever copies it has it for good.";
  }

  @Override
  public String named() {
    return "the token in " + path;
  }

  @Override
  public String renewal() {
    return folder.isPresent()
        ? Kubeconfig.RENEWAL
        : "Mount it as a projected volume, where kubelet replaces it before it ends, without"
            + " subPath and not as a copy";
  }

  @Override
  public List<Finding> findings() {
    return read().filter(token -> token.end().isEmpty()).isEmpty()
        ? List.of()
        : List.of(Finding.of(Severity.WARNING, ErrorCode.POLICY_NOT_MET, endless(), REMEDY));
  }
}
