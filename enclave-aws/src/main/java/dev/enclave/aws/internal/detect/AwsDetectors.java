package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The places of AWS, each found by {@link java.util.ServiceLoader}. */
public final class AwsDetectors {

  private AwsDetectors() {}

  /** A Lambda function: its name and one more variable that the runtime sets beside it. */
  public static final class Lambda extends PlaceDetector {

    private static final String NAME = "AWS_LAMBDA_FUNCTION_NAME";

    public Lambda() {
      super("aws-lambda", Kind.WORKLOAD);
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      // Functions that bring their own runtime have no AWS_EXECUTION_ENV.
      List<String> beside =
          named(
              set(environment, "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_VERSION"),
              environment,
              "AWS_Lambda_",
              "Lambda");
      if (environment.variable(NAME).isEmpty()) {
        return beside.isEmpty()
            ? new Detection.Absent("not set: " + NAME)
            : new Detection.Inconclusive(String.join(", ", beside) + "; not set: " + NAME);
      }
      if (beside.isEmpty()) {
        return new Detection.Inconclusive(NAME + " is set but nothing of the runtime's");
      }
      beside.add(0, NAME + " is set");
      return new Detection.Present(beside);
    }
  }

  private static List<String> named(
      List<String> facts, EnvironmentSnapshot environment, String prefix, String place) {
    if (environment.variable("AWS_EXECUTION_ENV").orElse("").startsWith(prefix)) {
      facts.add("AWS_EXECUTION_ENV names " + place);
    }
    return facts;
  }

  /**
   * A task of ECS, on Fargate or on EC2. App Runner and CodeBuild run on ECS and set the same, so
   * they are told from it by nothing here.
   */
  public static final class Ecs extends PlaceDetector {

    /** The agent's addresses of version 4 and 3; an agent that sets neither is out of support. */
    private static final String[] METADATA = {
      "ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"
    };

    public Ecs() {
      super("aws-ecs", Kind.WORKLOAD);
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      List<String> all = new ArrayList<>(set(environment, METADATA));
      int metadata = all.size();
      all.addAll(set(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
      named(all, environment, "AWS_ECS_", "ECS");
      if (metadata > 0 && all.size() > metadata) {
        return new Detection.Present(all);
      }
      return all.isEmpty()
          ? new Detection.Absent("not set: " + String.join(", ", METADATA))
          : new Detection.Inconclusive(String.join(", ", all) + ", and nothing else of ECS");
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
