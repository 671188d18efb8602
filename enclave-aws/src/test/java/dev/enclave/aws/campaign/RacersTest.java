package dev.enclave.aws.campaign;

import dev.enclave.campaign.RacersCampaign;

class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new AwsUnderTest());
  }
}
