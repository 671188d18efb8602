package dev.enclave.emulators.internal.aws.common;

/**
 * The account and Region that a server stands for.
 *
 * @param account twelve digits
 * @param region such as {@code eu-west-1}
 */
public record Partition(String account, String region) {

  /** AWS General Reference, "Amazon Resource Names": the partition that an ARN begins with. */
  public String id() {
    return china() ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  }

  /** Whether it is one of the China Regions, whose KMS differs. */
  public boolean china() {
    return region.startsWith("cn-");
  }

  public String keyArn(String id) {
    return kms("key/" + id);
  }

  /** The ARN of an alias whose name begins with {@code alias/}. */
  public String aliasArn(String name) {
    return kms(name);
  }

  private String kms(String resource) {
    return arn() + "kms:" + region + ":" + account + ":" + resource;
  }

  public String userArn(String name) {
    return arn() + "iam::" + account + ":user/" + name;
  }

  public String roleArn(String name) {
    return arn() + "iam::" + account + ":role/" + name;
  }

  /** The account itself, as key policies name it. */
  public String rootArn() {
    return arn() + "iam::" + account + ":root";
  }

  public String sessionArn(String role, String session) {
    return arn() + "sts::" + account + ":assumed-role/" + role + "/" + session;
  }

  private String arn() {
    return "arn:" + id() + ":";
  }
}
