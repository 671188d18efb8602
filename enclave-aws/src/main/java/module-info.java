/**
 * Recognises the places of Amazon Web Services. Exports nothing: found by {@link
 * java.util.ServiceLoader}.
 */
module dev.enclave.aws {
  requires dev.enclave.api;
  requires static org.jspecify;

  provides dev.enclave.spi.EnvironmentDetector with
      dev.enclave.aws.internal.AwsLambdaDetector,
      dev.enclave.aws.internal.AwsEcsDetector,
      dev.enclave.aws.internal.AwsEksDetector,
      dev.enclave.aws.internal.AwsBeanstalkDetector,
      dev.enclave.aws.internal.AwsVmDetector;
}
