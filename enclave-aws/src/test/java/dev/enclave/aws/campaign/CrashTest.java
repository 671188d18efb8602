package dev.enclave.aws.campaign;

import dev.enclave.campaign.CrashCampaign;

class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new AwsUnderTest());
  }
}
