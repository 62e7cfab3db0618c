// Common things that everyday detectors do not name. A phrase nearer to one of these than to any label is
// something else, however near the label is ("helicopter" and airplane). A word that the pack does name is
// left out when the list is used. Never a synonym of a COCO label.
export const CONTRAST_WORDS: readonly string[] = `
  helicopter drone rocket balloon submarine forklift tractor excavator bulldozer crane tank wheelchair
  pram shopping_cart trailer wheel tyre windscreen number_plate licence_plate
  key wallet passport ticket coin banknote credit_card invoice letter contract document newspaper envelope parcel
  box crate pallet barrel bin bag_of_rubbish garbage bucket basket tool hammer screwdriver saw drill axe ladder rope
  chain nail pipe wire cable plug battery lamp light_bulb street_lamp candle torch mirror picture_frame painting
  poster sign banner flag statue sculpture fountain monument bridge street pavement junction bus_stop
  railway_station harbour car_park petrol_station shop supermarket factory warehouse house
  building roof chimney wall fence gate door cat_flap window curtain blind floor carpet stairs lift escalator
  corridor ceiling garden tree bush flower grass leaf forest field hill mountain river lake sea beach sand rock
  stone cloud sky sun moon star rain snow fog storm lightning wind water fire smoke flame explosion ice
  snake lizard frog turtle fish shark whale dolphin crab spider ant bee butterfly insect lion tiger leopard wolf
  fox deer pig goat rabbit squirrel rat hamster monkey gorilla kangaroo camel crocodile dinosaur dragon unicorn
  shirt coat jacket hoodie jumper dress skirt trousers jeans shorts sock shoe boot hat cap helmet glove scarf
  uniform vest mask glasses sunglasses ring necklace earring beard hair face hand foot finger eye
  bread cheese egg meat rice soup salad potato tomato lemon grape strawberry chocolate sugar salt coffee tea milk
  beer juice plate pan kettle pot jar tin packet wardrobe cupboard shelf drawer desk_lamp pillow blanket towel
  sheet washing_machine dishwasher heater radiator fan air_conditioner vacuum_cleaner iron printer scanner
  camera microphone loudspeaker headphones radio robot machine piano guitar violin drum trumpet
  toy doll swing slide tent sword gun rifle pistol bomb bullet bow_and_arrow rubbish pen pencil paper paintbrush
  medicine pill syringe bandage stretcher soap shampoo razor comb brush perfume lipstick money password email
  website music song film idea law politics democracy war peace love time day night morning year weather number
  word problem question meeting story history science mathematics language party
  holiday shadow reflection puddle hole crack dirt dust oil paint`
  .trim()
  .split(/\s+/)
  .map((word) => word.replaceAll('_', ' '))
