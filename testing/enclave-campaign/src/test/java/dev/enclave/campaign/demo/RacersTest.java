package dev.enclave.campaign.demo;

import dev.enclave.campaign.RacersCampaign;

class RacersTest extends RacersCampaign {

  RacersTest() {
    super(new KeyhouseUnderTest());
  }
}
