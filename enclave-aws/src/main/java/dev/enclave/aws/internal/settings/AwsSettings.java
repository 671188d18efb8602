package dev.enclave.aws.internal.settings;

import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.Places;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of the AWS KMS backend, read and checked.
 *
 * @param section all of them as they were written
 * @param accountId that credentials must belong to
 * @param trustedCertificate a file's path, as it was written
 * @param pendingWindowDays for ScheduleKeyDeletion: 7 to 30
 * @param connections how many requests may be under way at once
 */
public record AwsSettings(
    CheckedSettings section,
    Optional<String> region,
    Optional<String> accountId,
    Optional<Origin> endpoint,
    Optional<Origin> stsEndpoint,
    List<Origin> allowedEndpoints,
    Optional<String> trustedCertificate,
    int pendingWindowDays,
    int connections) {

  public static final String REGION = "region";
  public static final String ACCOUNT_ID = "account-id";
  public static final String ENDPOINT = "endpoint";
  public static final String STS_ENDPOINT = "sts-endpoint";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String TRUSTED_CERTIFICATE = "trusted-certificate";

  public static final List<SettingSpec> SPECS =
      CheckedSettings.specs(
          """
          region: The region of the keys, for example eu-west-1; by default the one the platform
            names.
          account-id: The account of the keys, for example 123456789012; credentials of another are
            refused.
          endpoint: Where KMS is, for example
            https://vpce-0abc-xyz.kms.eu-west-1.vpce.amazonaws.com; by default the region's own
            endpoint.
          sts-endpoint: Where STS is, for example
            https://vpce-0abc-xyz.sts.eu-west-1.vpce.amazonaws.com; by default the region's own
            endpoint, or, outside PRODUCTION and STAGING, where KMS is if that is not AWS's own.
          allowed-endpoints: Endpoints that are trusted though they are not AWS's own, for example
            https://kms.example.internal, separated by commas.
          trusted-certificate: A file with the certificate, in PEM, of endpoints that are not AWS's
            own, or of who issued it, for example /etc/wallet/gateway.pem.
          federated-from: The other cloud on which the workload runs, whose identity assumes
            role-arn: google or azure.
          role-arn: The role that an identity of another cloud assumes, for example
            arn:aws:iam::111122223333:role/wallet.
          federation-audience: The audience of the other cloud's tokens: of google
            sts.amazonaws.com by default; of azure the id URI of an application, for example
            api://enclave-aws.
          access-key-id: An access key for development, for example AKIAIOSFODNN7EXAMPLE.
          secret secret-access-key: The secret that belongs to the access key.
          secret session-token: The session token that belongs to a temporary access key.
          pending-window-days: How many days a destroyed key can still be saved, 7 to 30, for
            example 14; 30 by default.
          connections: How many connections to KMS there are at most, and so how many requests at
            once, 1 to 4096, for example 512; 256 by default.
          """);

  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

  /**
   * As many callers as a busy service has at once. KMS takes thousands of requests a second from an
   * account, and a connection carries one at a time: 256 of 20 ms each are 12,800 a second.
   */
  private static final int USUAL_CONNECTIONS = 256;

  private static final int MOST_CONNECTIONS = 4096;
  private static final int SHORTEST_WINDOW = 7;
  private static final int LONGEST_WINDOW = 30;

  private static final String ORIGIN_ALONE = Texts.ORIGIN_ALONE.with();

  private static final Places PLACES =
      new Places(
          "AWS",
          List.of("aws-lambda", "aws-ecs", "aws-eks", "aws-beanstalk", "aws-vm"),
          List.of(REGION, ENDPOINT));

  /** Reads and checks all of them, and names the setting that will not do. */
  public static AwsSettings of(BackendSettings given) throws BackendFailure {
    CheckedSettings settings = new CheckedSettings(given);
    String days = Texts.WINDOW_OF_AWS.with(SHORTEST_WINDOW, LONGEST_WINDOW);
    return new AwsSettings(
        settings,
        settings.text(REGION),
        settings.text(ACCOUNT_ID, ACCOUNT, Texts.TWELVE_DIGITS.with()),
        settings.origin(ENDPOINT, Origin::parse, ORIGIN_ALONE),
        settings.origin(STS_ENDPOINT, Origin::parse, ORIGIN_ALONE),
        settings.origins(ALLOWED_ENDPOINTS, Origin::parse, ORIGIN_ALONE),
        settings.text(TRUSTED_CERTIFICATE),
        settings
            .number("pending-window-days", SHORTEST_WINDOW, LONGEST_WINDOW, days)
            .orElse(LONGEST_WINDOW),
        settings.connections("connections", USUAL_CONNECTIONS, MOST_CONNECTIONS));
  }

  /**
   * Whether new keys belong into AWS KMS here: a place of AWS, or settings that say so, and a
   * region. Without a network.
   */
  public static Detection detect(DetectionContext context) {
    Detection said = PLACES.detect(context);
    return said instanceof Detection.Present present && !regionKnown(context)
        ? new Detection.Absent(
            Texts.REGION_UNKNOWN.with(
                String.join("; ", present.evidence()),
                context.settings().fullName(REGION),
                AwsWorkload.REGIONS.get(0)))
        : said;
  }

  /**
   * Where a machine's metadata service names it, not of the machine under a build, which is that of
   * whoever runs builds, in a region of theirs; nor of the node under a pod, whose metadata service
   * is hidden from pods where AWS's advice was followed (a hop limit of 1).
   */
  private static boolean regionKnown(DetectionContext context) {
    return context.settings().get(REGION).isPresent()
        || AwsWorkload.REGIONS.stream().anyMatch(v -> context.environment().variable(v).isPresent())
        || (isOneOf(context, "aws-vm", "aws-beanstalk")
            && !isOneOf(context, "ci", "kubernetes")
            && !InstanceMetadata.switchedOff(context.environment()));
  }

  private static boolean isOneOf(DetectionContext context, String... places) {
    return Stream.of(places).anyMatch(p -> context.place(p) instanceof Detection.Present);
  }
}
