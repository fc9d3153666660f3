-- What is due, with the collector that writes it.

create view due_lines as
select id, copy, arrived_at, if(device % 2 = 0, 'a', 'b') as collector, line from good_lines;
