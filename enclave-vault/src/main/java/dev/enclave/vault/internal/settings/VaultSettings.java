package dev.enclave.vault.internal.settings;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.Places;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.vault.internal.texts.Texts;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of the backend for Vault and OpenBao, read and checked.
 *
 * @param section all of them as they were written
 * @param address where the server is
 * @param namespace without slashes at its ends; none for the root namespace
 * @param transit the mount of the Transit secrets engine, without slashes at its ends
 * @param kv the mount of the key-value store, version 2
 * @param path below which Enclave's documents lie in it
 * @param auth how this process logs in
 * @param hsmSeal the type of seal of which the operator says that its key lies in an HSM
 * @param connections how many requests may be under way at once
 */
public record VaultSettings(
    CheckedSettings section,
    Origin address,
    Optional<String> namespace,
    String transit,
    String kv,
    String path,
    Optional<String> auth,
    Optional<String> hsmSeal,
    int connections) {

  public static final String ADDRESS = "address";
  public static final String NAMESPACE = "namespace";
  public static final String TRANSIT_MOUNT = "transit-mount";
  public static final String KV_MOUNT = "kv-mount";
  public static final String PATH = "path";
  public static final String AUTH = "auth";
  public static final String AUTH_MOUNT = "auth-mount";
  public static final String ROLE = "role";
  public static final String AUDIENCE = "audience";
  public static final String TOKEN_FILE = "token-file";
  public static final String ROLE_ID = "role-id";
  public static final String SECRET_ID = "secret-id";
  public static final String HSM_SEAL = "hsm-seal";
  public static final String TRUSTED_CERTIFICATE = "trusted-certificate";

  public static final List<SettingSpec> SPECS =
      CheckedSettings.specs(
          """
          address: Where Vault or OpenBao is, for example https://vault.example.com:8200.
          namespace: The namespace, for example payments/wallets; by default the root namespace.
          transit-mount: The mount of the Transit secrets engine, for example wallets-transit; by
            default transit.
          kv-mount: The mount of the key-value store, version 2, for example wallets-kv; by default
            secret.
          path: The path in it below which Enclave keeps what Transit cannot, for example
            payments/enclave; by default enclave.
          auth: How the process logs in: kubernetes, jwt, aws, azure, gcp, or agent for the token
            that an Agent keeps in a file; in DEVELOPMENT and LOCAL also approle, or token for one
            in a file or in VAULT_TOKEN.
          auth-mount: The mount of the auth method, for example kubernetes-prod; by default the
            method's name.
          role: The role to log in as, for example wallets.
          audience: For whom the proof of who asks is: of azure the application's id URI, for
            example api://vault; of gcp by default the address, /vault/ and the role; of aws the
            value that the server demands as iam_server_id_header_value.
          token-file: Of kubernetes the file of the pod's projected token, by default
            /var/run/secrets/kubernetes.io/serviceaccount/token; of jwt, agent and token the file
            that has it, for example /vault/secrets/token.
          role-id: The RoleID of approle, for example 7d0b3c0e-4b35-44f0-a0b2-6f5f2a4f9c11.
          secret secret-id: The SecretID of approle.
          hsm-seal: The type of the server's seal, if the key that seals it lies in an HSM, for
            example pkcs11 or awskms: keys then count as HSM_WRAPPED while the server says the
            same.
          trusted-certificate: A file with the certificates, in PEM, of who issued the server's,
            for example /etc/wallet/vault-ca.pem; by default those that the JVM trusts.
          connections: How many connections to the server there are at most, and so how many
            requests at once, 1 to 4096, for example 256; 128 by default.
          """);

  private static final int USUAL_CONNECTIONS = 128;
  private static final int MOST_CONNECTIONS = 4096;

  /** Nothing that a path of HTTP would have to encode, and no part of dots alone. */
  public static final Pattern PATH_FORM =
      Pattern.compile("(?=[A-Za-z0-9_].{0,127}$)(?:(?!\\.+(?:/|$))[A-Za-z0-9._-]+(?:/(?!$)|$))+");

  /** Not by shares of operators, a file, or another Vault. */
  private static final Pattern SEALS =
      Pattern.compile("(?!shamir$|static$|transit$)[a-z0-9]{3,32}");

  /** A place is one by its address alone, whatever variables of Vault's clients say. */
  private static final Places PLACES = new Places("Vault", List.of(), List.of(ADDRESS));

  private static final List<String> OF_CLIENTS =
      List.of("VAULT_ADDR", "BAO_ADDR", "VAULT_AGENT_ADDR", "BAO_AGENT_ADDR");

  /** Where an Agent that is injected into a pod writes. */
  private static final String OF_AGENT = "/vault/secrets";

  private static final Pattern METHODS =
      Pattern.compile("kubernetes|jwt|aws|azure|gcp|approle|agent|token");

  /** Whether this is a place for Vault, and what was seen that would be one for its clients. */
  public static Detection detect(DetectionContext context) {
    Detection said = PLACES.detect(context);
    List<String> seen =
        Stream.concat(
                OF_CLIENTS.stream().filter(v -> context.environment().variable(v).isPresent()),
                Stream.of(OF_AGENT).filter(context.environment()::exists))
            .toList();
    return said instanceof Detection.Absent absent && !seen.isEmpty()
        ? new Detection.Absent(
            Texts.SEEN.with(
                absent.reason(), String.join(", ", seen), context.settings().fullName(ADDRESS)))
        : said;
  }

  /**
   * Reads and checks all of them, but for those of the auth method, and names the setting that will
   * not do.
   *
   * @param environment in PRODUCTION and STAGING the address is one of TLS
   */
  public static VaultSettings of(BackendSettings given, EnvironmentType environment)
      throws BackendFailure {
    CheckedSettings settings = new CheckedSettings(given);
    String write = Texts.WRITE_PATH.with();
    return new VaultSettings(
        settings,
        settings.requiredOrigin(ADDRESS, environment),
        settings.text(NAMESPACE, PATH_FORM, write),
        settings.text(TRANSIT_MOUNT, PATH_FORM, write).orElse("transit"),
        settings.text(KV_MOUNT, PATH_FORM, write).orElse("secret"),
        settings.text(PATH, PATH_FORM, write).orElse("enclave"),
        settings.text(AUTH, METHODS, Texts.WRITE_AUTH.with()),
        settings.text(HSM_SEAL, SEALS, Texts.WRITE_SEAL.with()),
        settings.connections("connections", USUAL_CONNECTIONS, MOST_CONNECTIONS));
  }

  /** Where the token lies that somebody else takes care of; none where this process logs in. */
  public Optional<String> tokenPlace() {
    return auth.filter(way -> way.equals("agent") || way.equals("token"))
        .map(way -> section.text(TOKEN_FILE).orElseGet(Texts.TOKEN_VARIABLES::with));
  }
}
