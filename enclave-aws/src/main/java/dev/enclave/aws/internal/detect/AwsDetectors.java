package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetectors;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The places of AWS, and the probe of its virtual machines. */
public final class AwsDetectors extends PlaceDetectors implements MetadataProbe {

  private static final Pattern INSTANCE =
      Pattern.compile("\"instanceId\"\\s*:\\s*\"i-[0-9a-f]{8,17}\"");
  private static final Pattern REGION =
      Pattern.compile("\"region\"\\s*:\\s*\"([a-z]{2}[a-z0-9-]{1,30})\"");

  @Override
  public List<EnvironmentDetector> detectors() {
    return List.of(
        // Functions that bring their own runtime have no AWS_EXECUTION_ENV.
        new Place("aws-lambda", Kind.WORKLOAD),
        // A task of ECS, on Fargate or on EC2. App Runner and CodeBuild run on ECS and set the
        // same, so they are told from it by nothing here. The agent's addresses are of version 4
        // and 3; one that sets neither is out of support.
        new Place("aws-ecs", Kind.WORKLOAD),
        // A pod with an AWS identity: IAM roles for service accounts, or EKS Pod Identity. A pod
        // with neither is seen as Kubernetes on a virtual machine of EC2.
        new Place("aws-eks", Kind.WORKLOAD, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        // By the file that its platforms write for X-Ray and that OpenTelemetry's detectors read.
        new Place("aws-beanstalk", Kind.WORKLOAD),
        // By DMI (Nitro, Xen), else by the instance metadata service.
        new Place("aws-vm", Kind.CLOUD_VM));
  }

  @Override
  protected Detection detect(Place place, EnvironmentSnapshot environment) {
    return switch (place.id()) {
      case "aws-lambda" ->
          led(
              environment,
              "Lambda",
              List.of("AWS_LAMBDA_FUNCTION_NAME"),
              "AWS_LAMBDA_RUNTIME_API",
              "AWS_LAMBDA_FUNCTION_VERSION");
      case "aws-ecs" ->
          led(
              environment,
              "ECS",
              List.of("ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"),
              "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
      case "aws-eks" ->
          either(
              place.byVariables(environment),
              Detection.byVariables(
                  environment,
                  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
      case "aws-beanstalk" ->
          anyFile(
              environment,
              "/var/elasticbeanstalk/xray/environment.conf",
              "C:\\Program Files\\Amazon\\XRay\\environment.conf");
      default -> byDmi(environment);
    };
  }

  /** By one of the variables that lead, and another one, or AWS_EXECUTION_ENV, beside it. */
  private static Detection led(
      EnvironmentSnapshot environment, String place, List<String> leading, String... beside) {
    List<String> all = set(environment, leading.toArray(new String[0]));
    int led = all.size();
    all.addAll(set(environment, beside));
    if (environment.variable("AWS_EXECUTION_ENV").orElse("").startsWith("AWS_" + place + "_")) {
      all.add("AWS_EXECUTION_ENV names " + place);
    }
    String missing = "not set: " + String.join(", ", leading);
    if (all.isEmpty()) {
      return new Detection.Absent(missing);
    }
    String alone = String.join(", ", all) + ", and nothing else of " + place;
    return led > 0 && all.size() > led
        ? new Detection.Present(all)
        : new Detection.Inconclusive(led > 0 ? alone : alone + "; " + missing);
  }

  private static Detection byDmi(EnvironmentSnapshot environment) {
    if (environment.dmi("sys_vendor").orElse("").equals("Amazon EC2")) {
      return Detection.present("DMI sys_vendor is Amazon EC2");
    }
    // Xen instances: the vendor is Xen, the firmware's version ends in .amazon.
    return environment.dmi("bios_version").orElse("").endsWith(".amazon")
        ? Detection.present("DMI bios_version ends in .amazon")
        : new Detection.Absent("DMI does not name Amazon EC2");
  }

  @Override
  protected Optional<MetadataProbe> probe(Place place, EnvironmentSnapshot environment) {
    return place.id().equals("aws-vm") && !InstanceMetadata.switchedOff(environment)
        ? Optional.of(this)
        : Optional.empty();
  }

  /** By version 2 alone: a session token by PUT, then the identity document with it. */
  @Override
  public Detection ask(MetadataService metadata) {
    InstanceMetadata.Access access = InstanceMetadata.open(metadata);
    if (access.session().isEmpty()) {
      return access.garbled()
          ? new Detection.Inconclusive("EC2: " + access.reason())
          : new Detection.Absent("EC2: " + access.reason());
    }
    String none = "EC2: a session token, but no identity document";
    MetadataAnswer answer =
        access.session().get().get("/latest/dynamic/instance-identity/document");
    if (answer instanceof MetadataAnswer.Silent silent) {
      return new Detection.Inconclusive(none + ": " + silent.reason());
    }
    Answered document = (Answered) answer;
    Matcher region = REGION.matcher(document.body());
    return document.status() == 200 && INSTANCE.matcher(document.body()).find() && region.find()
        ? Detection.present("EC2's identity document names region " + region.group(1))
        : new Detection.Inconclusive(none);
  }
}
