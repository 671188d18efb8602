package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The places of AWS, each found by {@link java.util.ServiceLoader}. */
public final class AwsDetectors {

  private AwsDetectors() {}

  /** By one of the variables that lead, and another one, or AWS_EXECUTION_ENV, beside it. */
  private abstract static class Led extends PlaceDetector {

    private final String place;
    private final String[] leading;
    private final String[] beside;

    Led(String id, String place, String[] leading, String... beside) {
      super(id, Kind.WORKLOAD);
      this.place = place;
      this.leading = leading;
      this.beside = beside;
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      List<String> all = set(environment, leading);
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
  }

  /** A Lambda function. Functions that bring their own runtime have no AWS_EXECUTION_ENV. */
  public static final class Lambda extends Led {

    public Lambda() {
      super(
          "aws-lambda",
          "Lambda",
          new String[] {"AWS_LAMBDA_FUNCTION_NAME"},
          "AWS_LAMBDA_RUNTIME_API",
          "AWS_LAMBDA_FUNCTION_VERSION");
    }
  }

  /**
   * A task of ECS, on Fargate or on EC2. App Runner and CodeBuild run on ECS and set the same, so
   * they are told from it by nothing here. The agent's addresses are of version 4 and 3; one that
   * sets neither is out of support.
   */
  public static final class Ecs extends Led {

    public Ecs() {
      super(
          "aws-ecs",
          "ECS",
          new String[] {"ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"},
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    }
  }

  /**
   * A pod with an AWS identity: IAM roles for service accounts, or EKS Pod Identity. A pod with
   * neither is seen as Kubernetes on a virtual machine of EC2.
   */
  public static final class Eks extends PlaceDetector {

    public Eks() {
      super("aws-eks", Kind.WORKLOAD, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return either(
          super.detect(environment),
          Detection.byVariables(
              environment,
              "AWS_CONTAINER_CREDENTIALS_FULL_URI",
              "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
    }
  }

  /**
   * An instance of Elastic Beanstalk, by the file that its platforms write for X-Ray and that
   * OpenTelemetry's detectors read too.
   */
  public static final class Beanstalk extends PlaceDetector {

    public Beanstalk() {
      super("aws-beanstalk", Kind.WORKLOAD);
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return anyFile(
          environment,
          "/var/elasticbeanstalk/xray/environment.conf",
          "C:\\Program Files\\Amazon\\XRay\\environment.conf");
    }
  }

  /**
   * A virtual machine of EC2: by DMI (Nitro, Xen), else by the instance metadata service, version 2
   * alone: a session token by PUT, then the identity document with it.
   */
  public static final class Vm extends PlaceDetector implements MetadataProbe {

    private static final Pattern INSTANCE =
        Pattern.compile("\"instanceId\"\\s*:\\s*\"i-[0-9a-f]{8,17}\"");
    private static final Pattern REGION =
        Pattern.compile("\"region\"\\s*:\\s*\"([a-z]{2}[a-z0-9-]{1,30})\"");

    public Vm() {
      super("aws-vm", Kind.CLOUD_VM);
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      if (environment.dmi("sys_vendor").orElse("").equals("Amazon EC2")) {
        return Detection.present("DMI sys_vendor is Amazon EC2");
      }
      // Xen instances: the vendor is Xen, the firmware's version ends in .amazon.
      return environment.dmi("bios_version").orElse("").endsWith(".amazon")
          ? Detection.present("DMI bios_version ends in .amazon")
          : new Detection.Absent("DMI does not name Amazon EC2");
    }

    @Override
    public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
      return InstanceMetadata.switchedOff(environment) ? Optional.empty() : Optional.of(this);
    }

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
}
