package dev.enclave.aws.campaign;

import dev.enclave.campaign.StartCampaign;

class StartTest extends StartCampaign {

  StartTest() {
    super(new AwsUnderTest());
  }
}
