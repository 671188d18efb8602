package dev.enclave.aws.campaign;

import dev.enclave.campaign.OrdersCampaign;

class OrdersTest extends OrdersCampaign {

  OrdersTest() {
    super(new AwsUnderTest());
  }
}
