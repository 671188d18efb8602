package dev.enclave.cli;

import dev.enclave.KeyAlgorithm;
import dev.enclave.processes.Ended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The openssl binary, as the other implementation that must agree. */
public final class OpenSsl {

  private OpenSsl() {}

  /** Whether openssl accepts the signature; its output is in the message of a refusal. */
  public static Ended verify(
      KeyAlgorithm algorithm, Path publicKeyPem, Path message, Path signature, boolean prehashed) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("openssl", "pkeyutl", "-verify", "-pubin"));
    command.addAll(List.of("-inkey", publicKeyPem.toString()));
    command.addAll(List.of("-in", message.toString(), "-sigfile", signature.toString()));
    if (!prehashed) {
      command.add("-rawin");
    }
    String digest =
        algorithm
            .digest()
            .map(d -> d.jcaName().replace("SHA-", "sha").toLowerCase(Locale.ROOT))
            .orElse("");
    switch (algorithm.family()) {
      case EDDSA -> {}
      case ECDSA -> {
        if (!prehashed) {
          command.addAll(List.of("-digest", digest));
        }
      }
      case RSA_PKCS1 -> command.addAll(digestOptions(digest, prehashed));
      case RSA_PSS -> {
        command.addAll(digestOptions(digest, prehashed));
        command.addAll(List.of("-pkeyopt", "rsa_padding_mode:pss"));
        command.addAll(List.of("-pkeyopt", "rsa_pss_saltlen:digest"));
        command.addAll(List.of("-pkeyopt", "rsa_mgf1_md:" + digest));
      }
      case AES_GCM, RSA_OAEP -> throw new IllegalArgumentException(algorithm.name());
    }
    return run(command);
  }

  /** Runs a command that must succeed, in a folder; no argument may have a space in it. */
  public static void make(Path folder, String arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Ended run = run(command, folder);
    if (run.code() != 0) {
      throw new AssertionError("openssl " + arguments + ": " + run.output());
    }
  }

  private static Ended run(List<String> command) {
    return run(command, Path.of("").toAbsolutePath());
  }

  private static List<String> digestOptions(String digest, boolean prehashed) {
    return prehashed ? List.of("-pkeyopt", "digest:" + digest) : List.of("-digest", digest);
  }

  private static Ended run(List<String> command, Path folder) {
    try {
      return Ended.run(new ProcessBuilder(command).directory(folder.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "openssl cannot be run; install the Debian package openssl (scripts/test.sh --full does)",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while openssl ran", e);
    }
  }
}
